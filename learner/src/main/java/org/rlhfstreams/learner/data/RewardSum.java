package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RewardNormalisation;

/**
 * The rule how several rewards become the score that is learned from: the sum of weight times value
 * over all of them. Before it each is measured by mean and deviation of its batch or its group if
 * it is to be, z = (x - mean) / s with s² = Σ (x - mean)² / (n - 1), 0 if all are equal, and then
 * clipped. A reward of weight 0 is in no sum. One reward of weight 1 with neither is its own sum,
 * to the bit.
 */
public final class RewardSum {
  private static final String PREFIX = "objective/scores/";

  private final List<RewardConfiguration> rewards;

  /**
   * @param rewards in the order of their values
   */
  public RewardSum(List<RewardConfiguration> rewards) {
    this.rewards = List.copyOf(rewards);
  }

  /** The rewards, in the order of their values. */
  public List<RewardConfiguration> rewards() {
    return rewards;
  }

  /**
   * The score of each response.
   *
   * @param values finite, but NaN for one of weight 0 that was not there; [rows][rewards]
   * @param groups a number for each response, the same for those to one request; [rows]
   */
  public double[] of(double[][] values, int[] groups) {
    double[] sums = new double[values.length];
    boolean first = true;
    for (int reward = 0; reward < rewards.size(); reward++) {
      RewardConfiguration settings = rewards.get(reward);
      if (settings.weight() == 0) {
        continue;
      }
      double[] measured = measured(column(values, reward), groups, settings.normalise());
      for (int row = 0; row < sums.length; row++) {
        double part = settings.weight() * clipped(measured[row], settings.clip());
        sums[row] = first ? part : sums[row] + part;
      }
      first = false;
    }
    return sums;
  }

  /**
   * The rule with the same weights that measures no reward by others: a sum that can be compared
   * with those of other batches. Clipped are rewards that are clipped as they come.
   */
  public RewardSum unmeasured() {
    return new RewardSum(
        rewards.stream()
            .map(
                reward ->
                    new RewardConfiguration(
                        reward.name(),
                        reward.scorer(),
                        reward.weight(),
                        RewardNormalisation.RAW,
                        reward.normalise() == RewardNormalisation.RAW
                            ? reward.clip()
                            : OptionalDouble.empty(),
                        reward.required(),
                        reward.settings()))
            .toList());
  }

  /**
   * What is known of the sums of a group before its batch is: those without the rewards that are
   * measured over the batch. They are equal if and only if the whole sums are, as long as the group
   * has the same value of each reward that is left out; empty if it has not.
   *
   * @param values as in {@link #of}, of the responses to one request; [group][rewards]
   */
  public Optional<double[]> withinGroup(double[][] values) {
    List<RewardConfiguration> rest = new ArrayList<>();
    for (int reward = 0; reward < rewards.size(); reward++) {
      RewardConfiguration settings = rewards.get(reward);
      if (settings.weight() == 0 || settings.normalise() != RewardNormalisation.BATCH) {
        rest.add(settings);
      } else if (Arrays.stream(column(values, reward)).distinct().count() > 1) {
        return Optional.empty();
      } else {
        rest.add(unweighted(settings));
      }
    }
    return Optional.of(new RewardSum(rest).of(values, new int[values.length]));
  }

  private static RewardConfiguration unweighted(RewardConfiguration reward) {
    return new RewardConfiguration(
        reward.name(),
        reward.scorer(),
        0,
        reward.normalise(),
        reward.clip(),
        reward.required(),
        reward.settings());
  }

  /** Means of the values as they came, by metric; of those that were there. */
  public Map<String, Double> means(double[][] values) {
    return means(PREFIX, values);
  }

  /**
   * The same.
   *
   * @param prefix of the metrics' names
   */
  public Map<String, Double> means(String prefix, double[][] values) {
    Map<String, Double> means = new LinkedHashMap<>();
    for (int reward = 0; reward < rewards.size(); reward++) {
      double sum = 0;
      int count = 0;
      for (double[] row : values) {
        if (!Double.isNaN(row[reward])) {
          sum += row[reward];
          count++;
        }
      }
      if (count > 0) {
        means.put(prefix + rewards.get(reward).name(), sum / count);
      }
    }
    return means;
  }

  private static double[] column(double[][] values, int reward) {
    double[] column = new double[values.length];
    for (int row = 0; row < column.length; row++) {
      column[row] = values[row][reward];
    }
    return column;
  }

  private static double clipped(double value, OptionalDouble bound) {
    return bound.isPresent()
        ? Math.max(-bound.getAsDouble(), Math.min(bound.getAsDouble(), value))
        : value;
  }

  private static double[] measured(double[] values, int[] groups, RewardNormalisation kind) {
    if (kind == RewardNormalisation.RAW) {
      return values;
    }
    Map<Integer, List<Integer>> members = new LinkedHashMap<>();
    for (int row = 0; row < values.length; row++) {
      int group = kind == RewardNormalisation.BATCH ? 0 : groups[row];
      members.computeIfAbsent(group, any -> new ArrayList<>()).add(row);
    }
    double[] measured = new double[values.length];
    members.values().forEach(rows -> measure(values, rows, measured));
    return measured;
  }

  private static void measure(double[] values, List<Integer> rows, double[] measured) {
    double mean = rows.stream().mapToDouble(row -> values[row]).sum() / rows.size();
    double squares = 0;
    for (int row : rows) {
      squares += (values[row] - mean) * (values[row] - mean);
    }
    double deviation = rows.size() < 2 ? 0 : Math.sqrt(squares / (rows.size() - 1));
    for (int row : rows) {
      measured[row] = deviation > 0 ? (values[row] - mean) / deviation : 0;
    }
  }
}
