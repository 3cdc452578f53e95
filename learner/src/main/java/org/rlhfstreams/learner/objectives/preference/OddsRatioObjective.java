package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveGradients;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.objectives.Scalars;

/**
 * Odds-ratio preference optimisation (Hong et al. 2024, eq. 6 and 7), which needs no reference: the
 * chosen response is imitated, and its odds are raised above those of the rejected one.
 */
public final class OddsRatioObjective implements PairObjective {
  // A certain response has log-probability 0 and infinite odds.
  private static final double LARGEST_MEAN = -1e-6;

  private final double beta;
  private final boolean learnsPrompts;

  /**
   * @param beta weight of the odds ratio, lambda in the paper
   * @param learnsPrompts whether the likelihood is that of prompt and response, as in TRL, or of
   *     the response alone, as in the paper
   */
  public OddsRatioObjective(double beta, boolean learnsPrompts) {
    this.beta = beta;
    this.learnsPrompts = learnsPrompts;
  }

  @Override
  public boolean needsReference() {
    return false;
  }

  @Override
  public boolean learnsPrompts() {
    return learnsPrompts;
  }

  @Override
  public ObjectiveResult<PairGradients> evaluate(PairSums<double[]> sums) {
    return ObjectiveGradients.evaluate(sums, PairGradients.class, this::loss);
  }

  private NDArray loss(PairSums<NDArray> sums, Map<String, NDArray> statistics) {
    NDArray imitated =
        learnsPrompts ? sums.policyChosen().add(sums.policyPrompt()) : sums.policyChosen();
    NDArray imitatedTokens =
        learnsPrompts ? sums.chosenTokens().add(sums.promptTokens()) : sums.chosenTokens();
    NDArray chosen = mean(sums.policyChosen(), sums.chosenTokens());
    NDArray rejected = mean(sums.policyRejected(), sums.rejectedTokens());
    NDArray logOdds = chosen.sub(rejected).sub(logOfRest(chosen).sub(logOfRest(rejected)));
    NDArray ratio = LogSigmoid.of(logOdds);
    NDArray likelihood =
        imitated.mul(sums.weights()).sum().div(imitatedTokens.mul(sums.weights()).sum());
    PairStatistics.put(statistics, Scalars.times(chosen, beta), Scalars.times(rejected, beta));
    PairStatistics.putLogProbabilities(statistics, chosen, rejected);
    statistics.put("nll_loss", likelihood.neg());
    statistics.put("log_odds_ratio", ratio.mean());
    statistics.put("log_odds_chosen", logOdds.mean());
    return likelihood.neg().sub(Scalars.times(ratio.mul(sums.weights()).mean(), beta));
  }

  /** The mean log-probability of a response's tokens. */
  private static NDArray mean(NDArray sum, NDArray tokens) {
    return Scalars.atMost(sum.div(tokens), LARGEST_MEAN);
  }

  /** log(1 - exp(x)) for x at most {@link #LARGEST_MEAN}, where double precision is enough. */
  private static NDArray logOfRest(NDArray x) {
    return x.exp().neg().add(1).log();
  }
}
