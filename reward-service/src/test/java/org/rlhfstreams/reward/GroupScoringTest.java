package org.rlhfstreams.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.service.exchange.FinishedRecord;
import org.rlhfstreams.service.exchange.GroupShare;
import org.rlhfstreams.service.tracing.StageTracing;

/** A scorer that compares sees whole groups; a group that cannot become whole says why. */
@Timeout(60)
final class GroupScoringTest {
  private static final EventSerdes SERDES = new EventSerdes("mock://groups", Map.of());
  private static final Duration PATIENCE = Duration.ofMinutes(54);
  private static final int BATCH = 4;

  private final AtomicLong clock = new AtomicLong();
  private final List<List<String>> asked = new CopyOnWriteArrayList<>();
  private final List<FinishedRecord> finished = new ArrayList<>();
  private final long[] offsets = new long[2];
  private GroupScoring groups = of(this::ranks, 100);

  @AfterEach
  void close() {
    groups.close();
  }

  private GroupScoring of(RolloutScorer scorer, int room) {
    return new GroupScoring(
        scorer,
        new ScoreEvents(
            "best",
            new RecordDecoder<>(Rollout.class, SERDES),
            "scores",
            new ScoringMeters(new SimpleMeterRegistry(), "best", new GroupShare("scorer-best")),
            StageTracing.of("test")),
        BATCH,
        PATIENCE,
        room,
        clock::get);
  }

  private void use(RolloutScorer scorer, int room) {
    groups.close();
    groups = of(scorer, room);
  }

  /** How many of its group have a lower sample index. */
  private List<ScorerAnswer> ranks(List<Rollout> rollouts) {
    asked.add(rollouts.stream().map(Rollout::getRolloutId).toList());
    return rollouts.stream()
        .map(
            one ->
                rollouts.stream()
                    .filter(
                        other ->
                            other.getRequestId().equals(one.getRequestId())
                                && other.getSampleIndex() < one.getSampleIndex())
                    .count())
        .map(rank -> ScorerAnswer.of(rank, "", Optional.empty()))
        .toList();
  }

  private static Rollout rollout(String requestId, int index, int samples, int logProbabilities) {
    return Rollout.newBuilder()
        .setRolloutId(requestId + "/" + index)
        .setRequestId(requestId)
        .setPromptId("p")
        .setSampleIndex(index)
        .setPromptText("x")
        .setPromptTokenIds(List.of(1))
        .setResponseText("y")
        .setResponseTokenIds(List.of(2))
        .setBehaviorLogProbabilities(Collections.nCopies(logProbabilities, -1f))
        .setSampling(
            SamplingSettings.newBuilder()
                .setTemperature(1f)
                .setTopK(0)
                .setTopP(1f)
                .setMaxNewTokens(2)
                .setSeed(0L)
                .build())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, 0L), 0, 1)))
        .setFinishReason(FinishReason.LENGTH)
        .setWorkerId("w")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .setSamples(samples)
        .build();
  }

  private void take(int partition, Rollout rollout) {
    take(partition, SERDES.serializer().serialize("rollouts", rollout));
  }

  private void take(int partition, byte[] value) {
    groups.take(new ConsumerRecord<>("rollouts", partition, offsets[partition]++, "key", value));
  }

  private void comes(String requestId, int index, int samples) {
    take(0, rollout(requestId, index, samples, 1));
  }

  private void look() {
    groups.start();
    finished.addAll(groups.takeFinished());
  }

  private void awaitFinished(int count) {
    await()
        .until(
            () -> {
              look();
              return finished.size() >= count;
            });
    assertThat(finished).hasSize(count);
  }

  private List<Score> scores() {
    return finished.stream()
        .flatMap(done -> done.outputs().stream())
        .map(ProducerRecord::value)
        .map(Score.class::cast)
        .toList();
  }

  @Test
  void groupsThatArriveInterleavedAreScoredWhole() {
    comes("a", 0, 3);
    comes("b", 1, 2);
    comes("a", 2, 3);
    look();
    assertThat(finished).isEmpty();
    assertThat(groups.open()).isEqualTo(3);
    comes("b", 0, 2);
    comes("c", 0, 2);
    comes("a", 1, 3);
    awaitFinished(5);
    assertThat(asked).containsExactly(List.of("b/1", "b/0"), List.of("a/0", "a/2", "a/1"));
    assertThat(scores())
        .extracting(Score::getRolloutId, Score::getValue)
        .containsExactly(
            tuple("b/1", 1.0),
            tuple("b/0", 0.0),
            tuple("a/0", 0.0),
            tuple("a/2", 2.0),
            tuple("a/1", 1.0));
    assertThat(finished)
        .extracting(done -> done.record().offset())
        .containsExactly(1L, 3L, 0L, 2L, 5L);
    assertThat(groups.open()).isEqualTo(1);
  }

  @Test
  void aGroupWhoseMemberIsLostIsRefusedInTheEndWithTheReason() {
    comes("a", 0, 3);
    comes("a", 1, 3);
    clock.addAndGet(PATIENCE.toNanos() - 1);
    comes("b", 0, 2);
    look();
    assertThat(finished).isEmpty();
    clock.incrementAndGet();
    awaitFinished(2);
    assertThat(scores()).extracting(Score::getRolloutId).containsExactly("a/0", "a/1");
    assertThat(scores())
        .allSatisfy(
            score -> {
              assertThat(score.getValue()).isNull();
              assertThat(score.getFailure())
                  .isEqualTo(
                      "only 2 of the 3 responses to its request have come within 54:00, and all of"
                          + " them are compared");
            });
    assertThat(asked).isEmpty();
    assertThat(groups.open()).isEqualTo(1);
  }

  @Test
  void whatOthersHaveOvertakenForLongIsNotWaitedFor() {
    comes("a", 0, 2);
    for (int i = 0; i < GroupScoring.MOST_BETWEEN; i++) {
      comes("b" + i, 0, 1);
      awaitFinished(i + 1);
    }
    take(1, rollout("elsewhere", 0, 1, 1));
    awaitFinished(GroupScoring.MOST_BETWEEN + 1);
    comes("c", 0, 1);
    awaitFinished(GroupScoring.MOST_BETWEEN + 3);
    assertThat(scores())
        .filteredOn(score -> score.getFailure() != null)
        .extracting(Score::getRolloutId, Score::getFailure)
        .containsExactly(
            tuple(
                "a/0",
                "only 1 of the 2 responses to its request have come among 256 others, and all of"
                    + " them are compared"));
  }

  @Test
  void whatIsHeldIsBounded() {
    use(this::ranks, 5);
    for (int i = 0; i < 5; i++) {
      comes("r" + i, 0, 2);
    }
    assertThat(groups.hasRoom()).isFalse();
    awaitFinished(1);
    assertThat(scores().get(0).getRolloutId()).isEqualTo("r0/0");
    assertThat(scores().get(0).getFailure()).contains("before 5 wait for others of their groups");
    assertThat(groups.hasRoom()).isTrue();
  }

  @Test
  void aResponseThatNobodyCanScoreOrThatIsThereTwiceEndsNoWaitForEver() {
    take(0, new byte[] {1, 2, 3});
    comes("a", 0, 3);
    comes("a", 0, 3);
    take(0, rollout("a", 1, 3, 0));
    comes("a", 2, 3);
    awaitFinished(5);
    assertThat(scores()).extracting(Score::getRolloutId).containsExactly("a/0", "a/2");
    assertThat(scores().get(0).getFailure())
        .startsWith("1 of the 3 responses to its request cannot be scored: ")
        .contains("0 log-probabilities for 1 response tokens");
    comes("old", 0, 0);
    awaitFinished(6);
    assertThat(scores().get(2).getFailure()).contains("exchange the rollout workers too");
    assertThat(groups.open()).isZero();
  }

  @Test
  void aRestartBetweenItsMembersReadsThemAgainAndScoresTheGroupOnce() {
    comes("a", 0, 2);
    take(1, rollout("b", 0, 2, 1));
    look();
    groups.drop(List.of(new TopicPartition("rollouts", 0)));
    assertThat(groups.open()).isEqualTo(1);
    offsets[0] = 0; // nothing of it was finished, so that nothing was committed
    comes("a", 0, 2);
    comes("a", 1, 2);
    take(1, rollout("b", 1, 2, 1));
    awaitFinished(4);
    assertThat(scores())
        .extracting(Score::getRolloutId)
        .containsExactly("a/0", "a/1", "b/0", "b/1");
  }

  @Test
  void whatIsBeingScoredOfAPartitionThatIsGoneIsNotWritten() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    use(
        rollouts -> {
          begun.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new WakeupException();
          }
          return ranks(rollouts);
        },
        100);
    comes("a", 0, 2);
    comes("a", 1, 2);
    take(1, rollout("b", 0, 1, 1));
    look();
    begun.await();
    groups.drop(List.of(new TopicPartition("rollouts", 0)));
    goOn.countDown();
    awaitFinished(1);
    assertThat(scores()).extracting(Score::getRolloutId).containsExactly("b/0");
    assertThat(groups.open()).isZero();
  }

  @Test
  void aComparisonWithoutAVerdictCostsItsTwoResponsesAndNoOther() {
    use(
        rollouts ->
            rollouts.stream()
                .map(
                    one ->
                        one.getSampleIndex() < 2
                            ? ScorerAnswer.failed("judge: no verdict", "")
                            : ScorerAnswer.of(0.5, "", Optional.empty()))
                .toList(),
        100);
    for (int i = 0; i < 3; i++) {
      comes("a", i, 3);
    }
    awaitFinished(3);
    assertThat(scores())
        .extracting(Score::getValue, Score::getFailure)
        .containsExactly(
            tuple(null, "judge: no verdict"), tuple(null, "judge: no verdict"), tuple(0.5, null));
  }

  @Test
  void aScorerThatFailsEndsTheWork() {
    use(
        rollouts -> {
          throw new IllegalArgumentException("no such thing");
        },
        100);
    comes("a", 0, 1);
    assertThatThrownBy(() -> awaitFinished(1)).hasMessageContaining("no such thing");
  }
}
