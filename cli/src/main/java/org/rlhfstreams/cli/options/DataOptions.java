package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.datasets.PreferenceDataset;
import org.rlhfstreams.datasets.PromptDataset;
import picocli.CommandLine.Option;

/** How files of preferences are read. */
public final class DataOptions {
  @Option(
      names = "--map",
      paramLabel = "NAME=COLUMN",
      description = "The column that is meant by a name, such as chosen=better; may be repeated.")
  private Map<String, String> renames = new HashMap<>();

  @Option(
      names = "--strict",
      description =
          "Stop if a row is bad; without it bad rows are left out, and those of preferences become"
              + " dead letters if there is a log.")
  private boolean strict;

  /**
   * The rows of files, patterns and standard input.
   *
   * @throws org.rlhfstreams.cli.CommandException if a file does not exist
   */
  public PreferenceDataset of(List<String> named) {
    return read(DataPaths.of(named, System.in));
  }

  /** The rows of files. */
  public PreferenceDataset read(List<Path> files) {
    return new PreferenceDataset(files, renames);
  }

  /**
   * The prompts of files, patterns and standard input.
   *
   * @throws org.rlhfstreams.common.ExplainedException if a file does not exist
   */
  public PromptDataset prompts(List<String> named) {
    return new PromptDataset(DataPaths.of(named, System.in), renames);
  }

  /** Whether a bad row stops the command. */
  public boolean strict() {
    return strict;
  }
}
