package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import org.rlhfstreams.cli.logging.RunLog;
import org.rlhfstreams.cli.terminal.RunTerminal;
import org.rlhfstreams.cli.terminal.RunTerminal.Detail;
import org.rlhfstreams.service.configuration.ConfigurationException;
import picocli.CommandLine.Option;

/** How much of a run is on the terminal. */
public final class TerminalOptions {
  @Option(
      names = "--verbose",
      description =
          "Show the log too; without it, it is in " + RunLog.FILE + " in the output alone.")
  private boolean verbose;

  @Option(
      names = "--quiet",
      description = "Show results, warnings and errors only: neither settings nor progress.")
  private boolean quiet;

  @Option(
      names = "--json",
      description =
          "Print each step as a JSON object, one a line, on standard output; all else goes to standard"
              + " error.")
  private boolean json;

  /**
   * Begins to show a run.
   *
   * @param directory of the run, which gets the log
   * @throws ConfigurationException if the options contradict each other
   */
  public RunTerminal open(Path directory) {
    if (verbose && quiet) {
      throw new ConfigurationException("--verbose and --quiet contradict each other: give one");
    }
    return RunTerminal.open(
        directory, verbose ? Detail.VERBOSE : quiet ? Detail.QUIET : Detail.USUAL, json);
  }
}
