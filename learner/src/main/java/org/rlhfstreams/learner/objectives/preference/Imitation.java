package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.rlhfstreams.learner.objectives.Scalars;

/** Likelihood of the chosen responses beside a loss on pairs. */
final class Imitation {
  private Imitation() {}

  /**
   * A loss plus alpha times -log pi a token, over all tokens of the batch's chosen responses.
   *
   * @param loss of the pairs, a scalar
   * @param alpha weight; 0 leaves the loss as it is
   */
  static NDArray added(
      NDArray loss, PairSums<NDArray> sums, double alpha, Map<String, NDArray> statistics) {
    NDArray likelihood =
        sums.policyChosen()
            .mul(sums.weights())
            .sum()
            .div(sums.chosenTokens().mul(sums.weights()).sum());
    statistics.put("nll_loss", likelihood.neg());
    return alpha == 0 ? loss : loss.sub(Scalars.times(likelihood, alpha));
  }
}
