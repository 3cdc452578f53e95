package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveGradients;
import org.rlhfstreams.learner.autograd.ObjectiveResult;

/**
 * A policy gradient whose advantages need no value model, with the KL to the reference in the loss
 * (Shao et al. 2024, eq. 3 and 4): L = sum w (surrogate + beta KL), where KL is e^d - 1 - d and d
 * the reference's log-probability less the policy's.
 *
 * @param surrogate the policy's part
 * @param beta weight of the KL in the loss; 0 if it is in the rewards
 */
public record CriticFreeObjective(ClippedSurrogate surrogate, double beta) {
  private static final double LARGEST_LOG_RATIO = 20;

  /** The loss of a mini-batch and its gradient. */
  public ObjectiveResult<LogProbabilityGradients> evaluate(CriticFreeTerms<double[]> terms) {
    return ObjectiveGradients.evaluate(terms, LogProbabilityGradients.class, this::loss);
  }

  private NDArray loss(CriticFreeTerms<NDArray> terms, Map<String, NDArray> statistics) {
    NDArray policyLoss = surrogate.losses(terms, statistics).mul(terms.weights()).sum();
    statistics.put("loss/policy_avg", policyLoss);
    if (beta == 0) {
      return policyLoss;
    }
    NDArray difference =
        terms
            .referenceLogProbabilities()
            .sub(terms.logProbabilities())
            .clip(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO);
    NDArray kl = difference.exp().sub(1).sub(difference).mul(terms.weights()).sum();
    statistics.put("loss/kl_avg", kl);
    return policyLoss.add(Scalars.times(kl, beta));
  }
}
