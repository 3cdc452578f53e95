package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
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

  /** Names of the rewards. */
  public Set<String> scorers() {
    return rewards.rewards().stream()
        .map(RewardConfiguration::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Checks one and converts it.
   *
   * @throws UnusableException with the reason for its dead letter
   */
  public ScoredSample convert(ScoredRollout scored) throws UnusableException {
    return convert(scored, LaterScores.NONE);
  }

  /**
   * The same.
   *
   * @param later where scores are looked for that the rollout does not have itself
   * @throws UnusableException with the reason for its dead letter
   */
  public ScoredSample convert(ScoredRollout scored, LaterScores later) throws UnusableException {
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
        values(scored, later));
  }

  private List<Double> values(ScoredRollout scored, LaterScores later) throws UnusableException {
    List<Double> values = new ArrayList<>();
    for (RewardConfiguration reward : rewards.rewards()) {
      OptionalDouble value = value(scored, reward, later);
      if (value.isEmpty() && reward.weight() != 0) {
        throw new UnusableException(missing(scored, reward, later != LaterScores.NONE));
      }
      if (value.isPresent() && !Double.isFinite(value.getAsDouble())) {
        throw new UnusableException(
            "rollout %s has the score %s by %s"
                .formatted(
                    scored.getRollout().getRolloutId(),
                    String.valueOf(value.getAsDouble()),
                    reward.name()));
      }
      values.add(value.orElse(Double.NaN));
    }
    return values;
  }

  private OptionalDouble value(
      ScoredRollout scored, RewardConfiguration reward, LaterScores later) {
    ComponentScore own = scored.getScores().get(reward.name());
    if (own != null) {
      return OptionalDouble.of(own.getValue());
    }
    OptionalDouble given = later.of(scored.getRollout().getRolloutId(), reward.name());
    boolean isOfOneRewardModel =
        scored.getRequiredScorers().isEmpty()
            && scored.getScores().isEmpty()
            && rewards.rewards().size() == 1;
    return given.isEmpty() && isOfOneRewardModel
        ? OptionalDouble.of(scored.getScore()) // of a release that had no others
        : given;
  }

  private static String missing(
      ScoredRollout scored, RewardConfiguration reward, boolean isLookedFor) {
    Set<String> there = new TreeSet<>(scored.getScores().keySet());
    return "rollout %s has no score by %s, which rewards gives the weight %s; it has scores by %s: let the learner's rewards name those%s"
        .formatted(
            scored.getRollout().getRolloutId(),
            reward.name(),
            String.valueOf(reward.weight()),
            there.isEmpty() ? "nobody" : String.join(", ", there),
            isLookedFor
                ? ", or let rlhf rescore --scorer %s give it one".formatted(reward.name())
                : "");
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

  /**
   * The scores of all responses to a request, as far as they are known before their batch is.
   *
   * @return empty if they differ and the batch decides by how much
   */
  public Optional<double[]> summedWithin(List<ScoredSample> group) {
    return rewards.withinGroup(values(group));
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
