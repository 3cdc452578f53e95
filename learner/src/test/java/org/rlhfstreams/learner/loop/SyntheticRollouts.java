package org.rlhfstreams.learner.loop;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;

/** Scored rollouts that follow from a seed. */
final class SyntheticRollouts {
  private final SplittableRandom random = new SplittableRandom(11);
  private final int vocabularySize;
  private final int samples;
  private final List<Asked> asked = new ArrayList<>();
  private int requests;
  private int scored;

  private record Asked(String request, int index) {}

  /**
   * @param samples to each request; those of four requests come between each other
   */
  SyntheticRollouts(int vocabularySize, int samples) {
    this.vocabularySize = vocabularySize;
    this.samples = samples;
  }

  private Asked asked() {
    while (asked.size() < (samples == 1 ? 1 : 4 * samples)) {
      String request = "request-" + requests++;
      for (int i = 0; i < samples; i++) {
        asked.add(new Asked(request, i));
      }
    }
    return asked.remove(asked.size() == 1 ? 0 : random.nextInt(asked.size()));
  }

  ScoredRollout next() {
    Asked now = asked();
    String id = now.request();
    int tokens = 4 + random.nextInt(8);
    List<Integer> response = ids(tokens);
    List<Float> behavior = logProbabilities(tokens);
    WeightVersion version = new WeightVersion(0, 0L);
    Rollout rollout =
        Rollout.newBuilder()
            .setRolloutId(id + "/" + now.index())
            .setRequestId(id)
            .setPromptId(id)
            .setSampleIndex(now.index())
            .setPromptText("prompt")
            .setPromptTokenIds(ids(3 + random.nextInt(4)))
            .setResponseText("response")
            .setResponseTokenIds(response)
            .setBehaviorLogProbabilities(behavior)
            .setSampling(
                SamplingSettings.newBuilder()
                    .setTemperature(1f)
                    .setTopK(0)
                    .setTopP(1f)
                    .setMaxNewTokens(16)
                    .setSeed(0L)
                    .build())
            .setSegments(List.of(new VersionSegment(version, 0, tokens)))
            .setFinishReason(random.nextBoolean() ? FinishReason.STOP : FinishReason.LENGTH)
            .setWorkerId("synthetic")
            .setStartedAt(Instant.EPOCH)
            .setFinishedAt(Instant.EPOCH)
            .build();
    return ScoredRollout.newBuilder()
        .setRollout(rollout)
        .setScore((float) random.nextGaussian())
        .setRewardModelVersion(new WeightVersion(0, (long) (scored++ / 20)))
        .setReferenceLogProbabilities(logProbabilities(tokens))
        .setKl(logProbabilities(tokens))
        .setScoredAt(Instant.EPOCH)
        .build();
  }

  private List<Integer> ids(int count) {
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(random.nextInt(vocabularySize));
    }
    return ids;
  }

  private List<Float> logProbabilities(int count) {
    List<Float> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add((float) (-7.6 + 0.1 * random.nextGaussian()));
    }
    return values;
  }
}
