package org.rlhfstreams.learner.advantage;

import java.util.Arrays;

/**
 * The distance of a response's score to the mean of its group in standard deviations of the whole
 * batch's scores (Liu et al. 2025, arXiv 2508.08221), so that a prompt whose responses are nearly
 * alike does not count as much as one that tells them apart.
 */
public final class BatchScaledEstimator implements AdvantageEstimator {
  private static final double EPSILON = 1e-4;
  private static final GroupEstimator CENTRED =
      new GroupEstimator(false, false, GroupAdvantages::drGrpo);

  @Override
  public double[][] advantages(RewardedResponses responses) {
    double scale = 1 / (deviation(responses.scores()) + EPSILON);
    double[][] advantages = CENTRED.advantages(responses);
    for (double[] row : advantages) {
      Arrays.setAll(row, token -> row[token] * scale);
    }
    return advantages;
  }

  private static double deviation(double[] scores) {
    double mean = Arrays.stream(scores).average().orElse(0);
    double squares = Arrays.stream(scores).map(score -> (score - mean) * (score - mean)).sum();
    return Math.sqrt(squares / Math.max(1, scores.length - 1));
  }
}
