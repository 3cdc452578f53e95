package org.rlhfstreams.learner.training;

import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.model.decoder.ComputeType;

/**
 * Learns from batches of one kind of example. One thread.
 *
 * @param <E> the kind of example
 */
public interface Trainer<E> extends AutoCloseable {
  /** Metric that is 1 if a step was undone because its numbers were not finite. */
  String SKIPPED = "update/skipped";

  /**
   * Learns from a batch. If the loss or a gradient is not finite anywhere, the trainer is as
   * before.
   *
   * @param learningRateFactor 0 to 1, of the peak learning rate
   * @return metrics by the field's names
   */
  Map<String, Double> step(List<E> batch, double learningRateFactor);

  /**
   * A copy of the model that is trained for others.
   *
   * @param type of the copy's tensors: float32 or bfloat16
   */
  TrainedModel model(ComputeType type);

  /**
   * The model that is trained, in float32 and as it is now, to be written: no copy of it where
   * every weight is trained. Closed before the next step.
   */
  TrainedModel current();

  /** Copies of all that a checkpoint keeps. */
  TrainerState state();

  /** Takes up a checkpoint. */
  void restore(TrainerState state);

  @Override
  void close();
}
