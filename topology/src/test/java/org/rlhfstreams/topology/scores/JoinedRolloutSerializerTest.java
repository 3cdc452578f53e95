package org.rlhfstreams.topology.scores;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.ComponentScore;
import org.rlhfstreams.events.Evaluation;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.ScoreRules;

/**
 * A joined rollout's record is byte for byte what the registry's serializer writes of its event.
 */
final class JoinedRolloutSerializerTest {
  private static final String ROLLOUTS = "rollouts";
  private static final String SCORES = "scores";
  private static final String SCORED = "scored-rollouts";

  private final EventSerdes serdes = new EventSerdes("mock://joined", Map.of());
  private final Serializer<Object> serializer = serdes.serializer();
  private final RolloutReader rolloutReader = new RolloutReader(serdes);
  private final ScoreReader scoreReader = new ScoreReader(serdes);
  private final ScoresSettings settings =
      new ScoresSettings(
          List.of("helpful", "right"), List.of("length"), Duration.ofHours(1), Map.of());
  private final Random random = new Random(3);

  private List<Float> floats(int count) {
    List<Float> floats = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      floats.add(-random.nextFloat());
    }
    return floats;
  }

  private List<Integer> tokens(int count) {
    return random.ints(count, 0, 150_000).boxed().toList();
  }

  private Rollout rollout(int number) {
    int time = 1 + random.nextInt(80);
    boolean cut = random.nextBoolean();
    return Rollout.newBuilder()
        .setRolloutId("größe-" + number + "/0/0")
        .setRequestId("größe-" + number + "/0")
        .setPromptId("größe-" + number)
        .setSampleIndex(random.nextInt(8))
        .setPromptText("2 + 2 =".repeat(random.nextInt(30)))
        .setPromptMessages(
            Collections.nCopies(
                random.nextInt(3),
                ChatMessage.newBuilder().setRole("user").setContent("2 + 2 = ?").build()))
        .setPromptTokenIds(tokens(1 + random.nextInt(40)))
        .setResponseText("4")
        .setResponseTokenIds(tokens(time))
        .setBehaviorLogProbabilities(floats(time))
        .setModelLogProbabilities(cut ? floats(time) : null)
        .setSampling(
            SamplingSettings.newBuilder()
                .setTemperature(0.5f + random.nextFloat())
                .setTopK(cut ? 5 : 0)
                .setTopP(1f)
                .setMaxNewTokens(80)
                .setSeed(random.nextLong())
                .build())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, 3L), 0, time)))
        .setFinishReason(FinishReason.STOP)
        .setWorkerId("w")
        .setStartedAt(Instant.ofEpochMilli(1_700_000_000_000L))
        .setFinishedAt(Instant.ofEpochMilli(1_700_000_000_700L))
        .setMetadata(random.nextBoolean() ? Map.of("answer", "4") : Map.of())
        .setEvaluation(random.nextInt(4) == 0 ? new Evaluation(new WeightVersion(0, 3L), 9) : null)
        .build();
  }

  private Map<String, Score> scores(Rollout rollout) {
    int time = rollout.getResponseTokenIds().size();
    Map<String, Score> scores = new HashMap<>();
    for (String scorer : List.of("helpful", "right", "length", ScoreRules.REFERENCE)) {
      if (scorer.equals("length") && random.nextBoolean()) {
        continue;
      }
      List<Float> perToken =
          scorer.equals(ScoreRules.REFERENCE)
              ? floats(time)
              : random.nextBoolean() ? null : floats(random.nextInt(time + 1));
      scores.put(
          scorer,
          Score.newBuilder()
              .setRolloutId(rollout.getRolloutId())
              .setRequestId(rollout.getRequestId())
              .setScorer(scorer)
              .setScorerVersion(random.nextBoolean() ? "0.3" : "")
              .setModelVersion(
                  random.nextBoolean() ? new WeightVersion(0, random.nextLong(1 << 20)) : null)
              .setValue(random.nextGaussian())
              .setTokenValues(perToken)
              .setExplanation(random.nextBoolean() ? "kind" : null)
              .setScoredAt(Instant.ofEpochMilli(1_700_000_000_000L + random.nextInt(10_000)))
              .build());
    }
    return scores;
  }

  /** As the event says in its schema. */
  private static ScoredRollout expected(Rollout rollout, Map<String, Score> scores) {
    List<Float> reference = scores.get(ScoreRules.REFERENCE).getTokenValues();
    List<Float> policy = RolloutRules.comparableLogProbabilities(rollout);
    List<Float> kl = new ArrayList<>();
    for (int t = 0; t < reference.size(); t++) {
      kl.add(policy.get(t) - reference.get(t));
    }
    Map<String, ComponentScore> components = new TreeMap<>();
    scores.forEach(
        (scorer, score) -> {
          if (!scorer.equals(ScoreRules.REFERENCE)) {
            components.put(
                scorer,
                new ComponentScore(
                    score.getValue(), score.getScorerVersion(), score.getTokenValues()));
          }
        });
    WeightVersion helpful = scores.get("helpful").getModelVersion();
    WeightVersion right = scores.get("right").getModelVersion();
    WeightVersion model = helpful == null ? right : helpful;
    Instant last = Instant.MIN;
    for (String scorer : List.of("helpful", "right", ScoreRules.REFERENCE)) {
      Instant at = scores.get(scorer).getScoredAt();
      last = at.isAfter(last) ? at : last;
    }
    return ScoredRollout.newBuilder()
        .setRollout(rollout)
        .setScore((float) (double) scores.get("helpful").getValue())
        .setRewardModelVersion(model == null ? new WeightVersion(0, 0L) : model)
        .setReferenceLogProbabilities(reference)
        .setKl(kl)
        .setScoredAt(last)
        .setScores(components)
        .setRequiredScorers(List.of("helpful", "right", ScoreRules.REFERENCE))
        .build();
  }

  @Test
  void itsBytesAreThoseOfTheEvent() throws Exception {
    try (JoinedRolloutSerializer joinedSerializer = new JoinedRolloutSerializer(serdes)) {
      for (int i = 0; i < 300; i++) {
        Rollout rollout = rollout(i);
        Map<String, Score> scores = scores(rollout);
        SortedMap<String, ScoreParts> parts = new TreeMap<>();
        for (Map.Entry<String, Score> score : scores.entrySet()) {
          ScoreParts read =
              scoreReader.read(SCORES, serializer.serialize(SCORES, score.getValue()));
          assertThat(read.fits(rollout.getRequestId(), rollout.getResponseTokenIds().size()))
              .isTrue();
          parts.put(score.getKey(), read);
        }
        RolloutParts read = rolloutReader.read(ROLLOUTS, serializer.serialize(ROLLOUTS, rollout));
        assertThat(read.sound()).isTrue();
        assertThat(read.evaluates()).isEqualTo(rollout.getEvaluation() != null);
        JoinedRollout joined = new JoinedRollout(read, parts, settings);
        ScoredRollout event = expected(rollout, scores);
        assertThat(joined.event()).isEqualTo(event);
        assertThat(joinedSerializer.serialize(SCORED, joined))
            .isEqualTo(serializer.serialize(SCORED, event));
      }
    }
  }
}
