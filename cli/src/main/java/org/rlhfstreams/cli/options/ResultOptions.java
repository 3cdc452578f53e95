package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import java.util.Optional;
import org.rlhfstreams.evaluation.result.ResultFiles;
import picocli.CommandLine.Option;

/** Where a result goes beside standard output. */
public final class ResultOptions {
  @Option(names = "--json", paramLabel = "FILE", description = "All results as JSON.")
  private Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "A page with charts that needs no network.")
  private Path html;

  /**
   * The files.
   *
   * @throws org.rlhfstreams.cli.CommandException where one cannot be written
   */
  public ResultFiles files() {
    return files(Optional.empty());
  }

  /**
   * The files of a result that has comma-separated values too.
   *
   * @throws org.rlhfstreams.cli.CommandException if one cannot be written
   */
  public ResultFiles files(Optional<Path> csv) {
    return new ResultFiles(Optional.ofNullable(json), Optional.ofNullable(html), csv);
  }
}
