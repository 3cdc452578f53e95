package org.rlhfstreams.learner.training;

import java.util.List;
import java.util.Map;

/**
 * A trainer that can measure examples without learning from them.
 *
 * @param <E> the kind of example
 */
public interface EvaluatingTrainer<E> extends Trainer<E> {
  /** The loss and what the objective says beside it, means over all examples; at least one. */
  Map<String, Double> evaluate(List<E> examples);
}
