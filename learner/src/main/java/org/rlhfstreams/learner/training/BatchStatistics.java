package org.rlhfstreams.learner.training;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.data.ScoredSample;

/** What a batch of rollouts looks like before anything is learned from it. */
final class BatchStatistics {
  private BatchStatistics() {}

  /**
   * Adds the batch's metrics, with TRL's names; none of scores if nobody has scored it.
   *
   * @param rewards of the tokens, KL included, [rows][tokens]
   * @param measured the batch with the scores that are in the rewards
   * @param steps done so far, for staleness
   */
  static void put(
      Map<String, Double> metrics,
      List<ScoredSample> batch,
      List<ScoredSample> measured,
      double[][] rewards,
      long steps) {
    put(metrics, batch, steps);
    if (!isRewarded(batch)) {
      return;
    }
    double reward = 0;
    for (double[] row : rewards) {
      reward += Arrays.stream(row).sum();
    }
    double score = measured.stream().mapToDouble(ScoredSample::score).average().orElse(0);
    metrics.put("objective/rlhf_reward", reward / batch.size());
    metrics.put("objective/non_score_reward", reward / batch.size() - score);
  }

  private static boolean isRewarded(List<ScoredSample> batch) {
    return batch.stream().anyMatch(ScoredSample::isRewarded);
  }

  private static void putScores(Map<String, Double> metrics, List<ScoredSample> batch) {
    double[] scores = batch.stream().mapToDouble(ScoredSample::score).toArray();
    double mean = Arrays.stream(scores).average().orElse(0);
    double squares = Arrays.stream(scores).map(score -> (score - mean) * (score - mean)).sum();
    metrics.put("objective/scores", mean);
    metrics.put("objective/scores_std", Math.sqrt(squares / Math.max(1, scores.length - 1)));
  }

  /**
   * Adds how far whatever sampled is from this process with the same weights, over responses that
   * the newest version alone has drawn: what differs is then neither age nor learning. Nothing is
   * added if there are none.
   *
   * @param own log-probabilities before the step, [rows][response tokens]
   * @param steps done so far
   */
  static void putSampler(
      Map<String, Double> metrics, List<ScoredSample> batch, float[][] own, long steps) {
    double kl = 0;
    double largest = 0;
    long tokens = 0;
    for (int i = 0; i < batch.size(); i++) {
      ScoredSample sample = batch.get(i);
      if (sample.oldestVersion().getStep() < steps) {
        continue;
      }
      float[] behavior = sample.behaviorLogProbabilities();
      for (int t = 0; t < behavior.length; t++) {
        double logRatio = (double) own[i][t] - behavior[t];
        kl += Math.expm1(logRatio) - logRatio; // no term of this estimate is below 0
        largest = Math.max(largest, Math.abs(logRatio));
      }
      tokens += behavior.length;
    }
    if (tokens > 0) {
      metrics.put("policy/sampler_kl", kl / tokens);
      metrics.put("policy/sampler_ratio_max", Math.exp(largest));
    }
  }

  /** Adds what needs no rewards of tokens. */
  static void put(Map<String, Double> metrics, List<ScoredSample> batch, long steps) {
    int rows = batch.size();
    double kl = 0;
    double entropy = 0;
    long tokens = 0;
    for (ScoredSample sample : batch) {
      float[] behavior = sample.behaviorLogProbabilities();
      float[] reference = sample.referenceLogProbabilities();
      for (int t = 0; t < behavior.length; t++) {
        kl += (double) behavior[t] - reference[t];
        entropy -= behavior[t];
      }
      tokens += behavior.length;
    }
    double[] staleness =
        batch.stream().mapToDouble(sample -> steps - sample.oldestVersion().getStep()).toArray();
    metrics.put("objective/kl", kl / rows);
    metrics.put("objective/entropy", entropy / rows);
    if (isRewarded(batch)) {
      putScores(metrics, batch);
    }
    metrics.put("response/length", (double) tokens / rows);
    metrics.put(
        "response/stopped", batch.stream().filter(ScoredSample::stopped).count() / (double) rows);
    metrics.put("staleness/mean", Arrays.stream(staleness).average().orElse(0));
    metrics.put("staleness/max", Arrays.stream(staleness).max().orElse(0));
    metrics.put(
        "num_tokens",
        (double) batch.stream().mapToLong(sample -> sample.row().tokenIds().length).sum());
  }
}
