package org.rlhfstreams.learner.advantage;

/**
 * On-policy distillation (Agarwal et al. 2024, arXiv 2306.13649; the form with sampled tokens as in
 * Lu 2025, "On-Policy Distillation"): a token's advantage is log q - log pi_sampler, with q the
 * teacher. A policy gradient on it descends the reverse KL to the teacher, since over the tokens y
 * that the policy samples the mean of (log q(y) - log pi(y)) grad log pi(y) is -grad KL(pi || q).
 * Every token is judged by itself: none is held to account for what follows it.
 */
public final class TeacherAdvantages {
  private TeacherAdvantages() {}

  /**
   * Advantages of the tokens, [rows][tokens], in nats.
   *
   * @param behavior log-probabilities of the policy that sampled, [rows][tokens]
   * @param teacher log-probabilities of the teacher, [rows][tokens]
   */
  public static double[][] of(double[][] behavior, double[][] teacher) {
    double[][] advantages = new double[behavior.length][];
    for (int i = 0; i < advantages.length; i++) {
      advantages[i] = new double[behavior[i].length];
      for (int t = 0; t < advantages[i].length; t++) {
        advantages[i][t] = teacher[i][t] - behavior[i][t];
      }
    }
    return advantages;
  }
}
