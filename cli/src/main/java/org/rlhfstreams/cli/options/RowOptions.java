package org.rlhfstreams.cli.options;

import java.util.List;
import org.rlhfstreams.cli.dataset.PreferenceDataset;
import org.rlhfstreams.learner.data.RowJoin;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.Truncation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What models are measured on by what files hold. */
public final class RowOptions {
  @Option(
      names = "--data",
      required = true,
      arity = "1..*",
      paramLabel = "FILE",
      description = "JSONL, JSON, CSV or Parquet, also .gz and patterns; - is standard input.")
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
   * @throws org.rlhfstreams.cli.CommandException where a file is not there
   */
  public PreferenceDataset data() {
    return reading.of(data);
  }

  /** Whether a bad row stops the command. */
  public boolean strict() {
    return reading.strict();
  }

  /**
   * How prompt and response become a row, cut at its end where it is too long.
   *
   * @param context of the model, in tokens
   * @throws ConfigurationException where {@code --max-length} is no length
   */
  public RowJoin join(int context) {
    if (maxLength < 0) {
      throw new ConfigurationException("--max-length = " + maxLength + ": expected 0 or more");
    }
    int longest = maxLength == 0 ? context : Math.min(maxLength, context);
    return new RowJoin(longest, Truncation.KEEP_START);
  }
}
