package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.service.configuration.ConfigurationException;
import picocli.CommandLine.Option;

/** What models compute in. */
public final class PrecisionOptions {
  private static final String STORED = "stored";

  @Option(
      names = "--dtype",
      defaultValue = STORED,
      paramLabel = "TYPE",
      description =
          "What it computes in: float32, bfloat16, auto for what this machine does faster, or"
              + " stored: float32 for weights stored so, auto for others. Default:"
              + " ${DEFAULT-VALUE}.")
  private String type;

  /**
   * Opens a language model.
   *
   * @throws ConfigurationException where the type is none
   * @throws org.rlhfstreams.model.ModelException where the model cannot be used
   */
  public LanguageModel open(Path model) {
    if (type.equals(STORED)) {
      return LanguageModel.open(model);
    }
    return LanguageModel.open(model, named());
  }

  /**
   * What a model computes in.
   *
   * @throws ConfigurationException where the type is none
   */
  public ComputeType of(ModelDirectory model) {
    return type.equals(STORED) ? ComputeType.named(STORED, model) : named();
  }

  private ComputeType named() {
    try {
      return ComputeType.named(type);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--dtype: " + e.getMessage());
    }
  }
}
