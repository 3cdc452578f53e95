package org.rlhfstreams.learner.training;

import java.util.List;
import java.util.function.Function;
import org.rlhfstreams.model.decoder.Weights;

/**
 * A trainer whose model says which of two responses is better, as it is and as it was.
 *
 * @param <E> the kind of example
 */
public interface JudgingTrainer<E> extends EvaluatingTrainer<E> {
  /** Whether the model as it is agrees with each example. */
  List<Boolean> agreements(List<E> examples);

  /**
   * The same as it was.
   *
   * @param earlier weights that {@link #weights} has given
   */
  List<Boolean> agreements(Weights earlier, List<E> examples);

  /** A copy of the weights that the model computes with; whoever asked for it closes it. */
  Weights weights();

  /**
   * Such weights again; whoever asked for them closes them.
   *
   * @param values of a tensor, row-major, by its name
   */
  Weights weights(Function<String, float[]> values);
}
