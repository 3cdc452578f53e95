package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.rlhfstreams.events.ComponentScore;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.configuration.RewardConfiguration;

/** Turns scored rollouts into samples, and refuses those that would poison a batch. */
public final class ScoredSamples {
  private final int vocabularySize;
  private final int maxPositions;
  private final RewardSum rewards;

  /**
   * @param rewards what each sample is rewarded for
   */
  public ScoredSamples(int vocabularySize, int maxPositions, RewardSum rewards) {
    this.vocabularySize = vocabularySize;
    this.maxPositions = maxPositions;
    this.rewards = rewards;
  }

  /**
   * Checks one and converts it.
   *
   * @throws UnusableException with the reason for its dead letter
   */
  public ScoredSample convert(ScoredRollout scored) throws UnusableException {
    Rollout rollout = scored.getRollout();
    String problem =
        RolloutRules.problem(rollout, vocabularySize, maxPositions)
            .or(() -> RolloutRules.problem(scored))
            .orElse(null);
    if (problem != null) {
      throw new UnusableException(problem);
    }
    return new ScoredSample(
        rollout.getRolloutId(),
        rollout.getRequestId(),
        TokenRow.of(rollout.getPromptTokenIds(), rollout.getResponseTokenIds()),
        floats(RolloutRules.comparableLogProbabilities(rollout)),
        floats(scored.getReferenceLogProbabilities()),
        scored.getScore(),
        rollout.getSampling().getTemperature(),
        rollout.getFinishReason() == FinishReason.STOP,
        oldest(rollout.getSegments()),
        scored.getRewardModelVersion(),
        values(scored));
  }

  private List<Double> values(ScoredRollout scored) throws UnusableException {
    Map<String, ComponentScore> scores = scored.getScores();
    List<RewardConfiguration> all = rewards.rewards();
    if (scores.isEmpty() && all.size() == 1) {
      return List.of((double) scored.getScore()); // of a release that had one reward model
    }
    List<Double> values = new ArrayList<>();
    for (RewardConfiguration reward : all) {
      ComponentScore score = scores.get(reward.name());
      if (score == null && reward.weight() != 0) {
        throw new UnusableException(
            "rollout %s has no score by %s, which rewards gives the weight %s; it has scores by %s: let the learner's rewards name those"
                .formatted(
                    scored.getRollout().getRolloutId(),
                    reward.name(),
                    String.valueOf(reward.weight()),
                    scores.isEmpty()
                        ? "nobody"
                        : String.join(", ", new TreeSet<>(scores.keySet()))));
      }
      if (score != null && !Double.isFinite(score.getValue())) {
        throw new UnusableException(
            "rollout %s has the score %s by %s"
                .formatted(
                    scored.getRollout().getRolloutId(),
                    String.valueOf(score.getValue()),
                    reward.name()));
      }
      values.add(score == null ? Double.NaN : score.getValue());
    }
    return values;
  }

  /** A batch with the scores that are learned from: its rewards, added up. */
  public List<ScoredSample> summed(List<ScoredSample> batch) {
    Map<String, Integer> numbers = new HashMap<>();
    int[] groups =
        batch.stream()
            .mapToInt(sample -> numbers.computeIfAbsent(sample.requestId(), id -> numbers.size()))
            .toArray();
    double[] sums = rewards.of(values(batch), groups);
    List<ScoredSample> summed = new ArrayList<>();
    for (int i = 0; i < sums.length; i++) {
      summed.add(batch.get(i).withScore(sums[i]));
    }
    return summed;
  }

  /** What a batch was rewarded for, by metric. */
  public Map<String, Double> figures(List<ScoredSample> batch) {
    return rewards.means(values(batch));
  }

  private static double[][] values(List<ScoredSample> batch) {
    return batch.stream()
        .map(sample -> sample.rewards().stream().mapToDouble(Double::doubleValue).toArray())
        .toArray(double[][]::new);
  }

  private static WeightVersion oldest(List<VersionSegment> segments) {
    return segments.stream()
        .map(VersionSegment::getVersion)
        .min(WeightVersions.ORDER)
        .orElseThrow();
  }

  private static float[] floats(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }
}
