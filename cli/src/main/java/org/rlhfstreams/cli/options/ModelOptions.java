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
      defaultValue = "float32",
      paramLabel = "TYPE",
      description =
          "What it computes in: float32, bfloat16, or auto for what suits this processor."
              + " Default: ${DEFAULT-VALUE}.")
  private String type;

  /**
   * Opens it.
   *
   * @throws ConfigurationException where the type is none
   * @throws org.rlhfstreams.model.ModelException where the model cannot be used
   */
  public LanguageModel open() {
    return LanguageModel.open(model, computeType());
  }

  private ComputeType computeType() {
    return switch (type) {
      case "float32" -> ComputeType.FLOAT32;
      case "bfloat16" -> ComputeType.BFLOAT16;
      case "auto" -> ComputeType.automatic();
      default ->
          throw new ConfigurationException(
              "--dtype = " + type + ": expected float32, bfloat16 or auto");
    };
  }
}
