package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;

/**
 * A policy gradient whose advantages need no value model, with the KL to the reference in the loss
 * (Shao et al. 2024, eq. 3 and 4): L = sum w (surrogate + beta KL), where KL is e^d - 1 - d and d
 * the reference's log-probability less the policy's.
 *
 * @param surrogate the policy's part
 * @param beta weight of the KL in the loss; 0 where it is in the rewards
 */
public record CriticFreeObjective(ClippedSurrogate surrogate, double beta) {
  private static final double LARGEST_LOG_RATIO = 20;

  /** Gradient in the result: by log-probability. */
  public ObjectiveResult evaluate(CriticFreeTerms terms) {
    return ObjectiveGradients.evaluate(
        List.of(terms.logProbabilities()),
        List.of(
            terms.oldLogProbabilities(),
            terms.behaviorLogProbabilities(),
            terms.referenceLogProbabilities(),
            terms.advantages(),
            terms.weights()),
        (arrays, statistics) ->
            loss(
                statistics,
                arrays.get(0),
                arrays.get(1),
                arrays.get(2),
                arrays.get(3),
                arrays.get(4),
                arrays.get(5)));
  }

  private NDArray loss(
      Map<String, NDArray> statistics,
      NDArray logProbabilities,
      NDArray oldLogProbabilities,
      NDArray behaviorLogProbabilities,
      NDArray referenceLogProbabilities,
      NDArray advantages,
      NDArray weights) {
    NDArray policyLoss =
        surrogate
            .losses(
                statistics,
                logProbabilities,
                oldLogProbabilities,
                behaviorLogProbabilities,
                advantages)
            .mul(weights)
            .sum();
    statistics.put("loss/policy_avg", policyLoss);
    if (beta == 0) {
      return policyLoss;
    }
    NDArray difference =
        referenceLogProbabilities.sub(logProbabilities).clip(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO);
    NDArray kl = difference.exp().sub(1).sub(difference).mul(weights).sum();
    statistics.put("loss/kl_avg", kl);
    return policyLoss.add(Scalars.times(kl, beta));
  }
}
