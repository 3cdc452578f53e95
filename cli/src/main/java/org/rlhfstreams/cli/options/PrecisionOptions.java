package org.rlhfstreams.cli.options;

import org.rlhfstreams.evaluation.Precision;
import picocli.CommandLine.Option;

/** What models compute in. */
public final class PrecisionOptions {
  @Option(
      names = "--dtype",
      defaultValue = Precision.STORED,
      paramLabel = "TYPE",
      description =
          "What it computes in: float32, bfloat16, auto for what this machine does faster, or"
              + " stored: float32 for weights stored so, auto for others.")
  private String type;

  /** What was asked for; an unknown type is refused when a model is opened in it. */
  public Precision precision() {
    return new Precision(type);
  }
}
