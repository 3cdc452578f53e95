package org.rlhfstreams.learner.objectives;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveGradients;
import org.rlhfstreams.learner.autograd.ObjectiveResult;

/**
 * Proximal policy optimisation (Schulman et al. 2017, eq. 7 and 9), with value clipping and an
 * entropy bonus. All means are over the tokens of the mini-batch.
 *
 * @param surrogate the policy's part
 * @param valueClip how far a value may leave its old one
 * @param valueCoefficient weight of the value loss
 * @param entropyCoefficient weight of the entropy bonus
 */
public record PpoObjective(
    ClippedSurrogate surrogate,
    double valueClip,
    double valueCoefficient,
    double entropyCoefficient) {
  /** The loss of a mini-batch and its gradients. */
  public ObjectiveResult<PpoGradients> evaluate(PpoTokens<double[]> tokens) {
    return ObjectiveGradients.evaluate(tokens, PpoGradients.class, this::loss);
  }

  private NDArray loss(PpoTokens<NDArray> tokens, Map<String, NDArray> statistics) {
    NDArray policyLoss = surrogate.losses(tokens, statistics).mean();

    NDArray valueErrors = tokens.values().sub(tokens.returns()).square();
    NDArray clippedValues =
        tokens.values().sub(tokens.oldValues()).clip(-valueClip, valueClip).add(tokens.oldValues());
    NDArray clippedErrors = clippedValues.sub(tokens.returns()).square();
    NDArray valueLoss = Scalars.times(valueErrors.maximum(clippedErrors).mean(), 0.5);

    NDArray entropy = tokens.entropies().mean();
    statistics.put("loss/policy_avg", policyLoss);
    statistics.put("loss/value_avg", valueLoss);
    statistics.put("policy/entropy_avg", entropy);
    statistics.put("val/clipfrac_avg", ProbabilityRatio.share(clippedErrors.gt(valueErrors)));
    return policyLoss
        .add(Scalars.times(valueLoss, valueCoefficient))
        .sub(Scalars.times(entropy, entropyCoefficient));
  }
}
