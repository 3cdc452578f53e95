package org.rlhfstreams.learner;

import java.nio.file.Path;
import org.rlhfstreams.learner.training.TrainedModel;
import org.rlhfstreams.model.files.AdapterDirectory;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorType;

/** Saves what was trained as others read it. */
final class ModelExport {
  private ModelExport() {}

  /**
   * Saves a Hugging Face directory, adapters merged into the weights; and the adapters alone, as
   * PEFT loads them.
   *
   * @param adapters directory of the adapters, where there are any
   * @param startedFrom model whose tokenizer goes along
   */
  static void save(
      TrainedModel model, Path target, Path adapters, TensorType type, Path startedFrom) {
    model
        .adapters()
        .ifPresent(
            trained ->
                AdapterDirectory.save(
                    adapters,
                    trained.description(),
                    model.configuration(),
                    trained.values(),
                    startedFrom.toString()));
    ModelDirectory.save(
        target, model.configuration(), model.weights().readings(), type, startedFrom);
  }
}
