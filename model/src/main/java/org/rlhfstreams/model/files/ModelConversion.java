package org.rlhfstreams.model.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.model.ModelException;

/** Writes a model again: in another element type, or in files of another size. */
public final class ModelConversion {
  private ModelConversion() {}

  /**
   * Converts a model, tensor by tensor, in little memory. With neither type nor plan the files are
   * the source's own, byte for byte. Otherwise only the tensors that the configuration asks for are
   * written, and they stay in the files that they were in unless their type changes or there is a
   * plan.
   *
   * @param source model directory or hub id
   * @param target a new or empty directory, or another model's, which it replaces
   * @param type element type to store; empty keeps each tensor's
   * @param plan how large files may get
   * @throws ModelException where the source is damaged, the target is the source, holds it or is no
   *     model's directory, or a value has no place in the type
   */
  public static SavedModel convert(
      Path source, Path target, Optional<TensorType> type, Optional<ShardPlan> plan) {
    ModelDirectory model = ModelDirectory.open(source);
    TargetDirectory.requireFree(model.path(), target);
    ModelSaver saver = new ModelSaver(model.path());
    if (type.isEmpty() && plan.isEmpty()) {
      return saver.copy(target);
    }
    List<TensorSource> tensors = new ArrayList<>();
    model.expectedTensors().forEach(tensor -> tensors.add(model.source(tensor.name(), type)));
    return saver.save(
        target,
        model.configuration(),
        tensors,
        type,
        plan.orElse(ShardPlan.DEFAULT),
        plan.isEmpty());
  }
}
