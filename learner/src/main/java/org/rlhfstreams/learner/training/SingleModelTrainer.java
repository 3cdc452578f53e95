package org.rlhfstreams.learner.training;

import java.util.Map;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.training.TrainableModel;

/**
 * What trainers of one model have in common.
 *
 * @param <E> the kind of example
 */
abstract class SingleModelTrainer<E> implements Trainer<E> {
  private final TrainableModel model;
  private final TrainableState state;

  /**
   * @param name of the model in checkpoints
   * @param model closed with this object
   */
  SingleModelTrainer(String name, TrainableModel model) {
    this.model = model;
    this.state = new TrainableState(name, model, model.modelTensors());
  }

  @Override
  public final TrainedModel model(ComputeType type) {
    return state.trained(type);
  }

  @Override
  public final TrainedModel current() {
    return state.current();
  }

  @Override
  public final TrainerState state() {
    return state.alone(numbers());
  }

  @Override
  public final void restore(TrainerState checkpointed) {
    state.restore(checkpointed);
    takeUp(checkpointed.restoredNumbers());
  }

  /** Further numbers that a checkpoint keeps, by names of their own. */
  Map<String, Double> numbers() {
    return Map.of();
  }

  /** Takes up what {@link #numbers} gave, among others. */
  void takeUp(RestoredNumbers checkpointed) {}

  @Override
  public void close() {
    model.close();
  }
}
