package org.rlhfstreams.learner.data;

import java.util.List;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.WeightVersions;

/** Turns scored rollouts into samples, and refuses those that would poison a batch. */
public final class ScoredSamples {
  private final int vocabularySize;
  private final int maxPositions;

  public ScoredSamples(int vocabularySize, int maxPositions) {
    this.vocabularySize = vocabularySize;
    this.maxPositions = maxPositions;
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
        scored.getRewardModelVersion());
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
