package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveGradients;
import org.rlhfstreams.learner.autograd.ObjectiveResult;

/**
 * A policy gradient whose advantages need no value model, with the KL to the reference in the loss
 * (Shao et al. 2024, eq. 3 and 4): L = sum w (policy loss + beta KL) - c H, where KL is e^d - 1 - d
 * and d the reference's log-probability less the policy's, and H the mean entropy of all tokens,
 * however the losses are averaged (as in TRL).
 *
 * @param policyLoss the policy's part
 * @param beta weight of the KL in the loss; 0 if it is in the rewards
 * @param entropyCoefficient weight c of the entropy bonus
 */
public record CriticFreeObjective(PolicyLoss policyLoss, double beta, double entropyCoefficient) {
  private static final double LARGEST_LOG_RATIO = 20;

  /**
   * The loss of a mini-batch and its gradients.
   *
   * @param spans which terms belong to one response
   */
  public ObjectiveResult<CriticFreeGradients> evaluate(
      CriticFreeTerms<double[]> terms, ResponseSpans spans) {
    return ObjectiveGradients.evaluate(
        terms,
        CriticFreeGradients.class,
        (CriticFreeTerms<NDArray> arrays, Map<String, NDArray> statistics) ->
            loss(arrays, spans, statistics));
  }

  private NDArray loss(
      CriticFreeTerms<NDArray> terms, ResponseSpans spans, Map<String, NDArray> statistics) {
    NDArray loss = policyLoss.losses(terms, spans, statistics).mul(terms.weights()).sum();
    statistics.put("loss/policy_avg", loss);
    if (beta != 0) {
      NDArray difference =
          terms
              .referenceLogProbabilities()
              .sub(terms.logProbabilities())
              .clip(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO);
      NDArray kl = difference.exp().sub(1).sub(difference).mul(terms.weights()).sum();
      statistics.put("loss/kl_avg", kl);
      loss = loss.add(Scalars.times(kl, beta));
    }
    NDArray entropy = terms.entropies().mean();
    statistics.put("policy/entropy_avg", entropy);
    return entropyCoefficient == 0 ? loss : loss.sub(Scalars.times(entropy, entropyCoefficient));
  }
}
