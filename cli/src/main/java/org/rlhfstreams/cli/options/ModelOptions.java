package org.rlhfstreams.cli.options;

import java.nio.file.Path;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.service.configuration.ConfigurationException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model a command opens, and how it computes. */
public final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Hugging Face directory of a language model.")
  private Path model;

  @Mixin private PrecisionOptions precision;

  /**
   * Opens it.
   *
   * @throws ConfigurationException where the type is none
   * @throws org.rlhfstreams.model.ModelException where the model cannot be used
   */
  public LanguageModel open() {
    return precision.precision().open(model);
  }
}
