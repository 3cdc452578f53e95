package org.rlhfstreams.cli.options;

import java.util.List;
import org.rlhfstreams.datasets.DataPaths;
import org.rlhfstreams.evaluation.RowSet;
import org.rlhfstreams.service.configuration.ConfigurationException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What models are measured on by what files hold. */
public final class RowOptions {
  @Option(
      names = "--data",
      required = true,
      arity = "1..*",
      paramLabel = "FILE",
      description = DataPaths.HELP)
  private List<String> data;

  @Option(
      names = "--max-length",
      defaultValue = "0",
      paramLabel = "N",
      description = "Tokens of a row at most, the rest is cut off; 0 takes the model's context.")
  private int maxLength;

  @Mixin private DataOptions reading;

  /**
   * The rows.
   *
   * @throws org.rlhfstreams.common.ExplainedException if a file does not exist
   * @throws ConfigurationException if {@code --max-length} is negative
   */
  public RowSet rows() {
    if (maxLength < 0) {
      throw new ConfigurationException("--max-length = " + maxLength + ": expected 0 or more");
    }
    return new RowSet(reading.of(data), reading.strict(), maxLength);
  }
}
