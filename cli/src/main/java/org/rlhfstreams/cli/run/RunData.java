package org.rlhfstreams.cli.run;

import java.util.Locale;
import java.util.function.Consumer;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.service.configuration.ConfigurationException;

/**
 * The rule that a run goes on with the rows that it began with, which are in its own log. Files are
 * told by what their rows say: one that was moved or renamed is the same.
 */
final class RunData {
  private final RunDirectory run;
  private final KnownRows inLog;

  /** Hands over the ids of rows. */
  @FunctionalInterface
  interface Rows {
    void forEach(Consumer<String> consumer);
  }

  /**
   * @param inLog the rows that the run's log holds, by their content
   */
  RunData(RunDirectory run, KnownRows inLog) {
    this.run = run;
    this.inLog = inLog;
  }

  /**
   * Checks that {@code --data} may be left out.
   *
   * @throws ConfigurationException if the log may not have all of a run's rows
   */
  static void requireBegun(RunDirectory run) {
    if (run.isNew()) {
      throw new ConfigurationException(
          "--data is missing: give the rows to learn from; only a run that has a checkpoint goes on"
              + " without, and "
              + run.path()
              + " has none");
    }
  }

  /**
   * Checks that a command names the rows that the log holds. While a run is new its import may have
   * been interrupted: then the log may have a part of them.
   *
   * @param named what the command names, for messages
   * @throws CommandException if they are other rows, or cannot be read
   */
  void require(String named, Rows rows) {
    if (inLog.count() == 0) {
      return;
    }
    long[] all = {0};
    long[] there = {0};
    try {
      rows.forEach(
          id -> {
            all[0]++;
            there[0] += inLog.contains(id) ? 1 : 0;
          });
    } catch (ExplainedException e) {
      throw new CommandException(
          String.format(Locale.ROOT, "%s; %s. %s", e.getMessage(), holds(), advice()), e);
    }
    boolean whole = there[0] == inLog.count();
    if (!whole || (!run.isNew() && all[0] > there[0])) {
      throw new CommandException(
          String.format(
              Locale.ROOT,
              "--data %s has other rows than this run: %s, and %,d of the %,d rows of --data are among them. %s",
              named,
              holds(),
              there[0],
              all[0],
              advice()));
    }
  }

  private String holds() {
    return String.format(
        Locale.ROOT, "%s holds %,d rows of %s", run.log(), inLog.count(), inLog.files());
  }

  private String advice() {
    return run.isNew()
        ? "Begin a new run in another --output, or give the same --data again"
        : "Begin a new run in another --output, or leave --data out to go on with what is there";
  }
}
