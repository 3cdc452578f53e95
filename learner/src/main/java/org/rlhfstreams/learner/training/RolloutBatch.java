package org.rlhfstreams.learner.training;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.advantage.RewardedResponses;
import org.rlhfstreams.learner.advantage.TokenRewards;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.service.configuration.RolloutObjectiveConfiguration;

/**
 * A batch of rollouts in numbers.
 *
 * @param outputs of the models before the first update
 * @param behaviorLogProbabilities of the policy that sampled, [rows][response tokens]
 * @param oldLogProbabilities of the policy around which ratios are clipped, [rows][response tokens]
 * @param referenceLogProbabilities [rows][response tokens]
 * @param stopped whether each response has an end of sequence, [rows]
 * @param rewarded what the responses earned
 */
public record RolloutBatch(
    RolloutOutputs outputs,
    double[][] behaviorLogProbabilities,
    double[][] oldLogProbabilities,
    double[][] referenceLogProbabilities,
    boolean[] stopped,
    RewardedResponses rewarded) {

  /**
   * The numbers of some rollouts.
   *
   * @param samples with the scores to learn from
   */
  static RolloutBatch of(
      List<ScoredSample> samples, RolloutOutputs outputs, RolloutStrategy strategy) {
    RolloutObjectiveConfiguration settings = strategy.settings();
    TokenRewards tokenRewards =
        new TokenRewards(
            settings.klEstimator(), settings.missingEosPenalty().orElse(0), settings.rewardClip());
    int rows = samples.size();
    double[][] behavior = new double[rows][];
    double[][] reference = new double[rows][];
    double[][] rewards = new double[rows][];
    double[] scores = new double[rows];
    int[] prompts = new int[rows];
    boolean[] stopped = new boolean[rows];
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < rows; i++) {
      ScoredSample sample = samples.get(i);
      behavior[i] = Rows.widen(sample.behaviorLogProbabilities());
      reference[i] = Rows.widen(sample.referenceLogProbabilities());
      stopped[i] = sample.stopped();
      double score = sample.score() - strategy.lengthPenalty(behavior[i].length);
      scores[i] = tokenRewards.effectiveScore(score, stopped[i]);
      rewards[i] =
          tokenRewards.of(behavior[i], reference[i], score, stopped[i], strategy.rewardBeta());
      prompts[i] = numbers.computeIfAbsent(sample.requestId(), id -> numbers.size());
    }
    return new RolloutBatch(
        outputs,
        behavior,
        settings.decoupled() ? Rows.widen(outputs.logProbabilities()) : behavior,
        reference,
        stopped,
        new RewardedResponses(prompts, scores, rewards));
  }
}
