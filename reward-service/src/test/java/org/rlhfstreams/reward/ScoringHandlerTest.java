package org.rlhfstreams.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.service.exchange.GroupShare;
import org.rlhfstreams.service.tracing.StageTracing;

/** What a scorer says becomes scores; what it cannot say becomes the reason, never a value. */
final class ScoringHandlerTest {
  private static final EventSerdes SERDES = new EventSerdes("mock://scoring", Map.of());
  private static final int PARTITION = 3;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();

  private void rollout(String requestId, List<Float> logProbabilities) {
    Rollout rollout =
        Rollout.newBuilder()
            .setRolloutId(requestId + "/0")
            .setRequestId(requestId)
            .setPromptId("p")
            .setSampleIndex(0)
            .setPromptText("x")
            .setPromptTokenIds(List.of(1))
            .setResponseText("y")
            .setResponseTokenIds(List.of(2, 3))
            .setBehaviorLogProbabilities(logProbabilities)
            .setSampling(
                SamplingSettings.newBuilder()
                    .setTemperature(1f)
                    .setTopK(0)
                    .setTopP(1f)
                    .setMaxNewTokens(2)
                    .setSeed(0L)
                    .build())
            .setSegments(List.of(new VersionSegment(new WeightVersion(0, 0L), 0, 2)))
            .setFinishReason(FinishReason.LENGTH)
            .setWorkerId("w")
            .setStartedAt(Instant.EPOCH)
            .setFinishedAt(Instant.EPOCH)
            .build();
    record(requestId, SERDES.serializer().serialize("rollouts", rollout));
  }

  private void record(String key, byte[] value) {
    records.add(new ConsumerRecord<>("rollouts", PARTITION, records.size(), key, value));
  }

  private List<ProducerRecord<String, Object>> handled(RolloutScorer scorer) {
    return new ScoringHandler(
            scorer,
            new ScoreEvents(
                "right",
                new RecordDecoder<>(Rollout.class, SERDES),
                "scores",
                new ScoringMeters(registry, "right", new GroupShare("scorer-right")),
                StageTracing.of("test")))
        .handle(records);
  }

  @Test
  void aScoreIsInThePartitionOfItsRollout() {
    rollout("a", List.of(-1f, -1f));
    rollout("b", List.of(-1f, -1f));
    List<ProducerRecord<String, Object>> scores =
        handled(
            rollouts ->
                rollouts.stream()
                    .map(one -> ScorerAnswer.of(0.5, "2", Optional.of("half right")))
                    .toList());
    assertThat(scores).extracting(ProducerRecord::partition).containsOnly(PARTITION);
    assertThat(scores).extracting(ProducerRecord::key).containsExactly("a", "b");
    Score first = (Score) scores.get(0).value();
    assertThat(first.getRolloutId()).isEqualTo("a/0");
    assertThat(first.getScorer()).isEqualTo("right");
    assertThat(first.getValue()).isEqualTo(0.5);
    assertThat(first.getScorerVersion()).isEqualTo("2");
    assertThat(first.getExplanation()).isEqualTo("half right");
    assertThat(registry.get("rlhf.reward.scored").tag("scorer", "right").counter().count())
        .isEqualTo(2);
  }

  @Test
  void whatIsNoNumberIsTheReasonWhyThereIsNone() {
    rollout("a", List.of(-1f, -1f));
    rollout("b", List.of(-1f, -1f));
    List<ProducerRecord<String, Object>> scores =
        handled(
            rollouts ->
                List.of(
                    ScorerAnswer.of(Double.NaN, "", Optional.empty()),
                    ScorerAnswer.failed("there is no answer", "")));
    assertThat(scores)
        .extracting(record -> ((Score) record.value()).getValue())
        .containsExactly(null, null);
    assertThat(((Score) scores.get(0).value()).getFailure()).contains("is NaN");
    assertThat(((Score) scores.get(1).value()).getFailure()).isEqualTo("there is no answer");
    assertThat(registry.get("rlhf.reward.refused").tag("scorer", "right").counter().count())
        .isEqualTo(2);
  }

  @Test
  void whatIsNoRolloutIsLeftToTheJoin() {
    record("x", new byte[] {1, 2, 3});
    rollout("bad", List.of(-1f));
    rollout("good", List.of(-1f, -1f));
    List<ProducerRecord<String, Object>> scores =
        handled(rollouts -> List.of(ScorerAnswer.of(1, "", Optional.empty())));
    assertThat(scores).extracting(ProducerRecord::key).containsExactly("good");
  }

  @Test
  void tooFewAnswersAreAFaultOfTheScorer() {
    rollout("a", List.of(-1f, -1f));
    assertThatThrownBy(() -> handled(rollouts -> List.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("right has given 0 answers to 1 rollouts");
  }
}
