package org.rlhfstreams.cli.run;

import java.util.Locale;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.terminal.TextBlock;
import org.rlhfstreams.datasets.DatasetSummary;

/** What every command says of the rows that it has read, before it uses the first. */
final class RowReport {
  private RowReport() {}

  /**
   * Says what was found.
   *
   * @param strict whether one bad row is one too many
   * @throws CommandException if a row is bad and none may be
   */
  static void print(DatasetSummary summary, boolean strict) {
    summary.print(line -> System.out.println(TextBlock.line(line)));
    if (strict && summary.badRows() > 0) {
      throw new CommandException(
          String.format(
              Locale.ROOT,
              "%,d rows are bad and --strict was given: mend them, or leave --strict out to go on"
                  + " without them",
              summary.badRows()));
    }
  }
}
