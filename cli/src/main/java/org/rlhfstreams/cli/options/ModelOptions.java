package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.service.configuration.ConfigurationException;
import picocli.CommandLine.Option;

/** Which model a command opens, and how it computes. */
public final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Hugging Face directory of a language model.")
  private Path model;

  @Option(
      names = "--dtype",
      defaultValue = "stored",
      paramLabel = "TYPE",
      description =
          "What it computes in: float32, bfloat16, auto for what this machine does faster, or"
              + " stored: float32 for weights stored so, auto for others. Default:"
              + " ${DEFAULT-VALUE}.")
  private String type;

  /**
   * Opens it.
   *
   * @throws ConfigurationException where the type is none
   * @throws org.rlhfstreams.model.ModelException where the model cannot be used
   */
  public LanguageModel open() {
    try {
      return type.equals("stored")
          ? LanguageModel.open(model)
          : LanguageModel.open(model, ComputeType.named(type));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--dtype: " + e.getMessage());
    }
  }
}
