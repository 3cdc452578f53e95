package org.rlhfstreams.learner.advantage;

/** Advantages without a value model, from several responses to one prompt; scores are [group]. */
public final class GroupAdvantages {
  private static final double EPSILON = 1e-4;

  private GroupAdvantages() {}

  /** GRPO (Shao et al. 2024): distance to the group's mean in its standard deviations. */
  public static double[] grpo(double[] scores) {
    double[] centred = drGrpo(scores);
    double squares = 0;
    for (double value : centred) {
      squares += value * value;
    }
    double deviation = Math.sqrt(squares / Math.max(1, scores.length - 1));
    for (int i = 0; i < centred.length; i++) {
      centred[i] /= deviation + EPSILON;
    }
    return centred;
  }

  /** Dr. GRPO (Liu et al. 2025): distance to the group's mean. */
  public static double[] drGrpo(double[] scores) {
    double mean = mean(scores);
    double[] centred = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      centred[i] = scores[i] - mean;
    }
    return centred;
  }

  /**
   * RLOO (Ahmadian et al. 2024): distance to the mean of the others.
   *
   * @throws IllegalArgumentException for a group of one
   */
  public static double[] rloo(double[] scores) {
    if (scores.length < 2) {
      throw new IllegalArgumentException("leave-one-out needs at least 2 responses a prompt");
    }
    double sum = mean(scores) * scores.length;
    double[] advantages = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      advantages[i] = scores[i] - (sum - scores[i]) / (scores.length - 1);
    }
    return advantages;
  }

  private static double mean(double[] scores) {
    double sum = 0;
    for (double score : scores) {
      sum += score;
    }
    return sum / scores.length;
  }
}
