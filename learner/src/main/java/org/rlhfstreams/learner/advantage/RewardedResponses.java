package org.rlhfstreams.learner.advantage;

/**
 * A batch of responses with what they earned.
 *
 * @param prompts a number for each response, the same for those to one prompt; [rows]
 * @param scores that count, after penalty and clipping; [rows]
 * @param tokenRewards -beta times the token's KL, and the score at the last token; [rows][tokens]
 */
public record RewardedResponses(int[] prompts, double[] scores, double[][] tokenRewards) {
  /** Sums of the tokens' rewards: the score less beta times the response's KL; [rows]. */
  public double[] totals() {
    double[] totals = new double[tokenRewards.length];
    for (int i = 0; i < totals.length; i++) {
      for (double reward : tokenRewards[i]) {
        totals[i] += reward;
      }
    }
    return totals;
  }
}
