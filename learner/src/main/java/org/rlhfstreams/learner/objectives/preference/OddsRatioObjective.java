package org.rlhfstreams.learner.objectives.preference;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.objectives.ObjectiveGradients;
import org.rlhfstreams.learner.objectives.ObjectiveResult;
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
  public ObjectiveResult evaluate(PairSums sums) {
    List<double[]> variables = new ArrayList<>(List.of(sums.chosen(), sums.rejected()));
    List<double[]> constants =
        new ArrayList<>(List.of(sums.chosenTokens(), sums.rejectedTokens(), sums.weights()));
    if (learnsPrompts) {
      variables.add(sums.chosenPrompt());
      constants.add(sums.chosenPromptTokens());
    }
    return ObjectiveGradients.evaluate(
        variables,
        constants,
        (arrays, statistics) ->
            learnsPrompts
                ? loss(
                    statistics,
                    new Means(arrays.get(0), arrays.get(3), arrays.get(1), arrays.get(4)),
                    arrays.get(0).add(arrays.get(2)),
                    arrays.get(3).add(arrays.get(6)),
                    arrays.get(5))
                : loss(
                    statistics,
                    new Means(arrays.get(0), arrays.get(2), arrays.get(1), arrays.get(3)),
                    arrays.get(0),
                    arrays.get(2),
                    arrays.get(4)));
  }

  /** Sums and numbers of tokens, [pairs]. */
  private record Means(
      NDArray chosenSum, NDArray chosenTokens, NDArray rejectedSum, NDArray rejectedTokens) {
    NDArray chosen() {
      return Scalars.atMost(chosenSum.div(chosenTokens), LARGEST_MEAN);
    }

    NDArray rejected() {
      return Scalars.atMost(rejectedSum.div(rejectedTokens), LARGEST_MEAN);
    }
  }

  private NDArray loss(
      Map<String, NDArray> statistics,
      Means means,
      NDArray imitatedSum,
      NDArray imitatedTokens,
      NDArray weights) {
    NDArray chosen = means.chosen();
    NDArray rejected = means.rejected();
    NDArray logOdds = chosen.sub(rejected).sub(logOfRest(chosen).sub(logOfRest(rejected)));
    NDArray ratio = LogSigmoid.of(logOdds);
    NDArray likelihood = imitatedSum.mul(weights).sum().div(imitatedTokens.mul(weights).sum());
    PairStatistics.put(statistics, Scalars.times(chosen, beta), Scalars.times(rejected, beta));
    statistics.put("logps/chosen", chosen.mean());
    statistics.put("logps/rejected", rejected.mean());
    statistics.put("nll_loss", likelihood.neg());
    statistics.put("log_odds_ratio", ratio.mean());
    statistics.put("log_odds_chosen", logOdds.mean());
    return likelihood.neg().sub(Scalars.times(ratio.mul(weights).mean(), beta));
  }

  /** log(1 - exp(x)) for x at most {@link #LARGEST_MEAN}, where double precision is enough. */
  private static NDArray logOfRest(NDArray x) {
    return x.exp().neg().add(1).log();
  }
}
