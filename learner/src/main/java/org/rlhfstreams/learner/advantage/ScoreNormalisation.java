package org.rlhfstreams.learner.advantage;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;

/**
 * The rule that scores are measured by the running mean and deviation of their reward model's
 * version (Welford 1962), so that a version with another zero or another unit moves no advantage.
 *
 * <p>A batch counts before it is measured. A version therefore is measured by its own scores from
 * its first batch on: however few they are, n of them lie within (n - 1) / sqrt(n) deviations of
 * their mean. That mean is put where the version before had come to: its first scores are shifted
 * by the smoothed mean of the normalised scores so far, so that what the policy had gained is not
 * forgotten with each new version.
 */
public final class ScoreNormalisation {
  /** Versions that are remembered; the one that came first is forgotten first. */
  static final int VERSIONS = 8;

  private static final String PREFIX = "score-normalisation.";
  private static final String LEVEL = PREFIX + "level";
  private static final double SMOOTHING = 0.1;

  private final Map<RewardModelVersion, Running> versions = new LinkedHashMap<>();
  private double level = Double.NaN;

  /** What the scores of one version came to. */
  private static final class Running {
    private final double shift;
    private long count;
    private double mean;
    private double squares;

    Running(double shift) {
      this.shift = shift;
    }

    void add(double score) {
      count++;
      double before = score - mean;
      mean += before / count;
      squares += before * (score - mean);
    }

    double normalised(double score) {
      double deviation = count < 2 ? 0 : Math.sqrt(squares / (count - 1));
      return shift + (deviation > 0 ? (score - mean) / deviation : 0);
    }
  }

  /**
   * Counts a batch and measures it.
   *
   * @param rewardVersions which reward model gave each score, [rows]
   * @param scores [rows], finite
   */
  public double[] normalised(List<RewardModelVersion> rewardVersions, double[] scores) {
    double shift = Double.isNaN(level) ? 0 : level;
    for (int i = 0; i < scores.length; i++) {
      versions.computeIfAbsent(rewardVersions.get(i), v -> new Running(shift)).add(scores[i]);
    }
    double[] normalised = new double[scores.length];
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      normalised[i] = versions.get(rewardVersions.get(i)).normalised(scores[i]);
      sum += normalised[i];
    }
    double mean = sum / scores.length;
    level = Double.isNaN(level) ? mean : level + SMOOTHING * (mean - level);
    while (versions.size() > VERSIONS) {
      versions.remove(versions.keySet().iterator().next());
    }
    return normalised;
  }

  /** What a checkpoint keeps, by names of its own. */
  public Map<String, Double> numbers() {
    Map<String, Double> numbers = new HashMap<>();
    if (!Double.isNaN(level)) {
      numbers.put(LEVEL, level);
    }
    int index = 0;
    for (Map.Entry<RewardModelVersion, Running> version : versions.entrySet()) {
      Running running = version.getValue();
      String at = PREFIX + index++;
      numbers.put(at + ".generation", (double) version.getKey().generation());
      numbers.put(at + ".step", (double) version.getKey().step());
      numbers.put(at + ".shift", running.shift);
      numbers.put(at + ".count", (double) running.count);
      numbers.put(at + ".mean", running.mean);
      numbers.put(at + ".squares", running.squares);
    }
    return numbers;
  }

  /** Takes up what {@link #numbers} gave, among others. */
  public void restore(RestoredNumbers numbers) {
    versions.clear();
    level = numbers.find(LEVEL).orElse(Double.NaN);
    for (int index = 0; numbers.find(PREFIX + index + ".count").isPresent(); index++) {
      String at = PREFIX + index;
      Running running = new Running(numbers.get(at + ".shift"));
      running.count = (long) numbers.get(at + ".count");
      running.mean = numbers.get(at + ".mean");
      running.squares = numbers.get(at + ".squares");
      versions.put(
          new RewardModelVersion(
              (int) numbers.get(at + ".generation"), (long) numbers.get(at + ".step")),
          running);
    }
  }
}
