package org.rlhfstreams.learner.advantage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One advantage a response, from the rewards of all responses to its prompt.
 *
 * @param klInReward whether the KL to the reference is part of what is compared
 * @param normalize whether advantages are shifted and scaled to mean 0 and variance 1 over the
 *     batch
 * @param within from the rewards of a group to its advantages, [group]
 */
public record GroupEstimator(boolean klInReward, boolean normalize, UnaryOperator<double[]> within)
    implements AdvantageEstimator {
  private static final double EPSILON = 1e-4;

  @Override
  public double[][] advantages(RewardedResponses responses) {
    double[] rewards = klInReward ? responses.totals() : responses.scores();
    double[] advantages = new double[rewards.length];
    for (List<Integer> group : groups(responses.prompts())) {
      double[] ofGroup = within.apply(group.stream().mapToDouble(row -> rewards[row]).toArray());
      for (int i = 0; i < ofGroup.length; i++) {
        advantages[group.get(i)] = ofGroup[i];
      }
    }
    return spread(normalize ? normalized(advantages) : advantages, responses.tokenRewards());
  }

  private static Iterable<List<Integer>> groups(int[] prompts) {
    Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
    for (int row = 0; row < prompts.length; row++) {
      groups.computeIfAbsent(prompts[row], prompt -> new ArrayList<>()).add(row);
    }
    return groups.values();
  }

  private static double[] normalized(double[] advantages) {
    double mean = Arrays.stream(advantages).average().orElse(0);
    double squares = Arrays.stream(advantages).map(a -> (a - mean) * (a - mean)).sum();
    double deviation = Math.sqrt(squares / Math.max(1, advantages.length - 1));
    return Arrays.stream(advantages).map(a -> (a - mean) / (deviation + EPSILON)).toArray();
  }

  /** Every token of a response has the response's advantage. */
  private static double[][] spread(double[] advantages, double[][] like) {
    double[][] tokens = new double[advantages.length][];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = new double[like[i].length];
      Arrays.fill(tokens[i], advantages[i]);
    }
    return tokens;
  }
}
