package org.rlhfstreams.learner.advantage;

/**
 * REINFORCE++ (Hu 2025, eq. 4 to 6): the return from each token on, whitened over all tokens of the
 * batch.
 */
public final class ReinforceEstimator implements AdvantageEstimator {
  @Override
  public double[][] advantages(RewardedResponses responses) {
    double[][] returns = new double[responses.tokenRewards().length][];
    for (int i = 0; i < returns.length; i++) {
      double[] rewards = responses.tokenRewards()[i];
      returns[i] = new double[rewards.length];
      double after = 0;
      for (int t = rewards.length - 1; t >= 0; t--) {
        after += rewards[t];
        returns[i][t] = after;
      }
    }
    return Whitening.of(returns, true);
  }
}
