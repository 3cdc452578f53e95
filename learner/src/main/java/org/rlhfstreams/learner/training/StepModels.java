package org.rlhfstreams.learner.training;

import java.util.List;
import org.rlhfstreams.model.training.TrainableModel;
import org.rlhfstreams.model.training.UndoCopy;

/**
 * The rule that the models of a step move together or not at all: an update is applied only if the
 * gradients of every model are finite, and a step whose later update is not goes back to where it
 * began. Only a step of several updates needs a copy for that.
 */
final class StepModels implements AutoCloseable {
  private final List<TrainableModel> models;
  private final List<UndoCopy> copies;
  private int updates;
  private int applied;

  /**
   * @param models closed with this object
   */
  StepModels(List<TrainableModel> models) {
    this.models = models;
    this.copies = models.stream().map(UndoCopy::new).toList();
  }

  /**
   * Begins a step.
   *
   * @param plannedUpdates how many it will have if all are finite
   */
  void begin(int plannedUpdates) {
    updates = plannedUpdates;
    applied = 0;
  }

  /** The norms of the models' accumulated gradients, in order. */
  List<Double> gradientNorms() {
    return models.stream().map(TrainableModel::gradientNorm).toList();
  }

  /**
   * Updates every model if all norms are finite, and none otherwise.
   *
   * @param norms as {@link #gradientNorms} gave them
   * @param learningRates of the models, in order
   */
  boolean update(List<Double> norms, List<Double> learningRates) {
    if (!norms.stream().allMatch(Double::isFinite)) {
      return false;
    }
    if (applied == 0 && updates > 1) {
      copies.forEach(UndoCopy::take);
    }
    for (int i = 0; i < models.size(); i++) {
      models.get(i).apply(learningRates.get(i), norms.get(i));
    }
    applied++;
    return true;
  }

  /** Brings every model back to where the step began. */
  void undo() {
    if (applied > 0) {
      copies.forEach(UndoCopy::restore);
    } else {
      models.forEach(TrainableModel::discardGradients);
    }
    applied = 0;
  }

  @Override
  public void close() {
    copies.forEach(UndoCopy::close);
    models.forEach(TrainableModel::close);
  }
}
