package org.rlhfstreams.learner.advantage;

/**
 * Advantages of tokens (Schulman et al. 2016, eq. 11 and 16): delta_t = r_t + gamma V_{t+1} - V_t
 * and A_t = delta_t + gamma lambda A_{t+1}, with the value after the last token 0.
 *
 * @param gamma discount, in [0, 1]
 * @param lambda 0 trusts values, 1 trusts rewards, in [0, 1]
 */
public record GeneralizedAdvantageEstimation(double gamma, double lambda) {

  /** Advantages of one response; rewards and values are [tokens]. */
  public double[] advantages(double[] rewards, double[] values) {
    double[] advantages = new double[rewards.length];
    double next = 0;
    for (int t = rewards.length - 1; t >= 0; t--) {
      double nextValue = t + 1 < rewards.length ? values[t + 1] : 0;
      double delta = rewards[t] + gamma * nextValue - values[t];
      next = delta + gamma * lambda * next;
      advantages[t] = next;
    }
    return advantages;
  }

  /** Targets of the values: advantage plus value, [tokens]. */
  public static double[] returns(double[] advantages, double[] values) {
    double[] returns = new double[advantages.length];
    for (int t = 0; t < returns.length; t++) {
      returns[t] = advantages[t] + values[t];
    }
    return returns;
  }
}
