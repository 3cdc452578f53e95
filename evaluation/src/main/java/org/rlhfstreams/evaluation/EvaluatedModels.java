package org.rlhfstreams.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.learner.checkpoint.CheckpointStore;

/**
 * The models that directories hold: a model directory itself, a checkpoint's, all of a checkpoint
 * directory, or all checkpoints of a run's output and the model that it ended with.
 */
final class EvaluatedModels {
  private static final String MODEL = "model";

  private EvaluatedModels() {}

  /**
   * All, in the order named, checkpoints by step.
   *
   * @throws ExplainedException naming a directory that holds none
   */
  static List<EvaluatedModel> of(List<Path> named) {
    List<EvaluatedModel> models = new ArrayList<>();
    named.forEach(directory -> models.addAll(of(directory)));
    return models;
  }

  private static List<EvaluatedModel> of(Path directory) {
    if (isModel(directory) || !Files.isDirectory(directory)) {
      return List.of(new EvaluatedModel(directory, null)); // what is not there, the model says
    }
    List<EvaluatedModel> models = new ArrayList<>();
    for (Path folder : List.of(directory, directory.resolve("checkpoints"))) {
      new CheckpointStore(folder, folder)
          .models()
          .forEach((step, model) -> models.add(new EvaluatedModel(model, step)));
    }
    if (isModel(directory.resolve(MODEL))) {
      models.add(new EvaluatedModel(directory.resolve(MODEL), null));
    }
    if (models.isEmpty()) {
      throw new ExplainedException(
          directory
              + " holds no model: name a directory with config.json, a run's output, or its"
              + " checkpoints");
    }
    return models;
  }

  private static boolean isModel(Path directory) {
    return Files.isRegularFile(directory.resolve("config.json"));
  }
}
