package org.rlhfstreams.learner.autograd;

import java.util.Map;
import java.util.function.Function;

/**
 * What an objective says of a batch.
 *
 * @param loss the number to minimise
 * @param gradients of the loss
 * @param statistics by the field's usual names
 * @param <G> the record of the gradients
 */
public record ObjectiveResult<G>(double loss, G gradients, Map<String, Double> statistics) {
  public ObjectiveResult {
    statistics = Map.copyOf(statistics);
  }

  /** The same result with its gradients in another form. */
  public <H> ObjectiveResult<H> withGradients(Function<? super G, ? extends H> conversion) {
    return new ObjectiveResult<>(loss, conversion.apply(gradients), statistics);
  }
}
