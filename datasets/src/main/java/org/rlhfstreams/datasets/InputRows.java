package org.rlhfstreams.datasets;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.rlhfstreams.common.ExplainedException;

/**
 * A file whose rows are worked through one by one, of the kinds that {@link PromptDataset} reads.
 * Results are told by their order, so that no row can be left out: the first bad one is an error.
 */
public final class InputRows {
  private static final String LINE_COLUMN = "prompt";

  private final Path path;

  public InputRows(Path path) {
    this.path = path;
  }

  /**
   * Checks that there is a file, before anything that takes a while.
   *
   * @throws ExplainedException if there is none
   */
  public void requirePresent() {
    if (!Files.exists(path)) {
      throw new ExplainedException(path + " does not exist: check the path");
    }
  }

  /**
   * Reads all rows, in order.
   *
   * @return how many
   * @throws ExplainedException naming file and place of a row that cannot be read, or that there is
   *     none
   */
  public int forEach(Consumer<InputRow> consumer) {
    Rows rows = new Rows(consumer);
    DataFile.ofLines(path, LINE_COLUMN).read(rows);
    if (rows.count == 0) {
      throw new ExplainedException(path + " has no rows: give it at least one");
    }
    return rows.count;
  }

  /**
   * Reads all rows ahead of the work that they are for, so that a bad one is found before hours of
   * it; a pipe can only be read once, and is not.
   *
   * @return how many rows there are, if that is known
   * @throws ExplainedException as {@link #forEach} does
   */
  public OptionalInt check(Consumer<InputRow> check) {
    return Files.exists(path) && !Files.isRegularFile(path)
        ? OptionalInt.empty()
        : OptionalInt.of(forEach(check));
  }

  private static final class Rows implements RowSink {
    private final Consumer<InputRow> consumer;
    private int count;

    Rows(Consumer<InputRow> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void row(DataRow row) {
      count++;
      consumer.accept(new InputRow(row.place(), row.columns()));
    }

    @Override
    public void bad(BadRow row) {
      throw new ExplainedException(row.described());
    }
  }
}
