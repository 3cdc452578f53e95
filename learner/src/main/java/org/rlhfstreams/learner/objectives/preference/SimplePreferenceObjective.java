package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveGradients;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.objectives.Scalars;

/**
 * SimPO (Meng et al. 2024, eq. 6), which needs no reference: the reward of a response is beta times
 * the mean log-probability of its tokens, m, and the chosen one has to lead by a margin: L = -log
 * sigmoid(beta (r_chosen - r_rejected) - gamma), r = m. AlphaPO (Gupta et al. 2025, arXiv
 * 2501.03884) bends the reward: r = (1 - exp(-alpha m)) / alpha, which is m as alpha goes to 0; as
 * in TRL exp(m) is the probability. Optional are smoothed labels and imitation of the chosen
 * responses, which is CPO-SimPO.
 *
 * @param beta scale of the rewards
 * @param gamma margin by which the chosen reward should lead
 * @param alpha AlphaPO's; 0 is SimPO
 * @param smoothing share of labels that are the wrong way round, in [0, 0.5)
 * @param imitation weight of -log pi a token of the chosen responses; 0 leaves it out
 */
public record SimplePreferenceObjective(
    double beta, double gamma, double alpha, double smoothing, double imitation)
    implements PairObjective {
  @Override
  public boolean needsReference() {
    return false;
  }

  @Override
  public boolean learnsPrompts() {
    return false;
  }

  @Override
  public ObjectiveResult<PairGradients> evaluate(PairSums<double[]> sums) {
    return ObjectiveGradients.evaluate(sums, PairGradients.class, this::loss);
  }

  private NDArray loss(PairSums<NDArray> sums, Map<String, NDArray> statistics) {
    NDArray chosenMean = sums.policyChosen().div(sums.chosenTokens());
    NDArray rejectedMean = sums.policyRejected().div(sums.rejectedTokens());
    NDArray chosen = Scalars.times(shaped(chosenMean), beta);
    NDArray rejected = Scalars.times(shaped(rejectedMean), beta);
    PairStatistics.put(statistics, chosen, rejected);
    PairStatistics.putLogProbabilities(statistics, chosenMean, rejectedMean);
    NDArray lead = chosen.sub(rejected).sub(gamma);
    NDArray losses = Scalars.times(LogSigmoid.of(lead), smoothing - 1);
    if (smoothing > 0) {
      losses = losses.sub(Scalars.times(LogSigmoid.of(lead.neg()), smoothing));
    }
    return Imitation.added(losses.mul(sums.weights()).mean(), sums, imitation, statistics);
  }

  private NDArray shaped(NDArray mean) {
    return alpha == 0 ? mean : Scalars.times(Scalars.times(mean, -alpha).exp().sub(1), -1 / alpha);
  }
}
