package org.rlhfstreams.learner.advantage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A distribution over four tokens and its teacher, all tokens at their probabilities. */
final class TeacherAdvantagesTest {
  private static final double[] LOGITS = {0.3, -1.2, 0.8, 0.1};
  private static final double[] TEACHER = {0.1, 0.2, 0.3, 0.4};

  private static double[] logProbabilities(double[] logits) {
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    return Arrays.stream(logits).map(logit -> logit - Math.log(sum)).toArray();
  }

  private static double reverseKl(double[] logits) {
    double[] logs = logProbabilities(logits);
    double kl = 0;
    for (int y = 0; y < logs.length; y++) {
      kl += Math.exp(logs[y]) * (logs[y] - Math.log(TEACHER[y]));
    }
    return kl;
  }

  @Test
  void theMeanPolicyGradientDescendsTheReverseKl() {
    double[] logs = logProbabilities(LOGITS);
    double[][] behavior =
        Arrays.stream(logs).mapToObj(l -> new double[] {l}).toArray(double[][]::new);
    double[][] teacher =
        Arrays.stream(TEACHER).mapToObj(q -> new double[] {Math.log(q)}).toArray(double[][]::new);
    double[][] advantages = TeacherAdvantages.of(behavior, teacher);
    double step = 1e-6;
    for (int k = 0; k < LOGITS.length; k++) {
      double gradient = 0;
      for (int y = 0; y < LOGITS.length; y++) {
        double ofLog = (y == k ? 1 : 0) - Math.exp(logs[k]);
        gradient += Math.exp(logs[y]) * advantages[y][0] * ofLog;
      }
      double[] up = LOGITS.clone();
      double[] down = LOGITS.clone();
      up[k] += step;
      down[k] -= step;
      double difference = (reverseKl(up) - reverseKl(down)) / (2 * step);
      assertThat(gradient).isCloseTo(-difference, within(1e-8));
    }
  }
}
