package org.rlhfstreams.evaluation;

import java.nio.file.Path;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.GenerationLoad;
import org.rlhfstreams.model.memory.InferenceMemory;
import org.rlhfstreams.model.memory.MachineMemory;
import org.rlhfstreams.service.configuration.ConfigurationException;

/**
 * What models compute in.
 *
 * @param type float32, bfloat16, auto, or {@value #STORED}: float32 for weights stored so, auto for
 *     others
 */
public record Precision(String type) {
  public static final String STORED = "stored";

  private static final GenerationLoad ONE_ROW = new GenerationLoad(1, 1, 2);

  /**
   * Opens a language model.
   *
   * @throws ConfigurationException if the type is unknown
   * @throws org.rlhfstreams.model.ModelException if the model cannot be used
   */
  public LanguageModel open(Path model) {
    require(model);
    if (type.equals(STORED)) {
      return LanguageModel.open(model);
    }
    return LanguageModel.open(model, named());
  }

  /**
   * Checks that a language model can be opened, without its weights.
   *
   * @throws ConfigurationException if the type is unknown
   * @throws org.rlhfstreams.model.ModelException if the model cannot be used, or does not fit into
   *     this machine
   */
  public void require(Path model) {
    ModelDirectory directory = ModelDirectory.open(model);
    LanguageModel.require(directory);
    if (!type.equals(STORED)) {
      named();
    }
    MachineMemory.require(
        InferenceMemory.generating(
            "model", directory.configuration(), of(directory), ONE_ROW, 0, "rows"),
        "loading " + model,
        false);
  }

  /**
   * What a model computes in.
   *
   * @throws ConfigurationException if the type is unknown
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
