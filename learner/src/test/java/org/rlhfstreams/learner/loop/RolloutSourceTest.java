package org.rlhfstreams.learner.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.ComponentScore;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.checkpoint.SourcePosition;
import org.rlhfstreams.learner.data.RewardSum;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.data.ScoredSamples;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** A rollout counts once, and in time or not at all. */
@Tag("slow")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class RolloutSourceTest {
  private static final int BATCH = 4;
  private static final int VOCABULARY = 64;

  @TempDir private Path directory;

  @Test
  void aRolloutCountsOnceHoweverOftenItStandsInTheLog() {
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      KafkaConnection connection = connection(stack, "twice");
      SyntheticRollouts synthetic = new SyntheticRollouts(VOCABULARY, 2);
      List<ScoredRollout> once = Stream.generate(synthetic::next).limit(3 * BATCH).toList();
      List<ScoredRollout> log = new ArrayList<>(once);
      log.add(1, once.get(0)); // while the other one of its request is missing
      log.add(7, once.get(2));
      log.add(once.get(1)); // long learned when it comes again
      log.addAll(Stream.generate(synthetic::next).limit(3 * BATCH).toList());
      publish(connection, log);

      List<List<String>> batches = new ArrayList<>();
      List<SourcePosition> positions = new ArrayList<>();
      double repeated = 0;
      try (RolloutSource source = source(connection)) {
        source.begin();
        for (int i = 0; i < 4; i++) {
          batches.add(ids(source.next(() -> false)));
          positions.add(source.position());
          repeated += source.figures().getOrDefault("data/duplicates", 0.0);
        }
      }
      assertThat(batches.stream().flatMap(List::stream)).hasSize(4 * BATCH).doesNotHaveDuplicates();
      assertThat(repeated).isEqualTo(3);

      for (int i = 0; i < 3; i++) { // and to a learner that was killed
        try (RolloutSource source = source(connection)) {
          source.seek(positions.get(i));
          assertThat(ids(source.next(() -> false))).isEqualTo(batches.get(i + 1));
        }
      }
    }
  }

  @Test
  void whatCameTooLateIsRefusedWithTheOthersOfItsRequest() {
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      KafkaConnection connection = connection(stack, "late");
      SyntheticRollouts synthetic = new SyntheticRollouts(VOCABULARY, 2);
      List<ScoredRollout> log = Stream.generate(synthetic::next).limit(8 * BATCH).toList();
      Set<String> begun = new HashSet<>();
      String late = // the first that is whole
          log.stream()
              .map(RolloutSourceTest::request)
              .filter(id -> !begun.add(id))
              .findFirst()
              .orElseThrow();
      publish(
          connection,
          log.stream()
              .map(rollout -> sampledFrom(rollout, request(rollout).equals(late) ? 1 : 2))
              .toList());
      try (RolloutSource source = source(connection)) {
        source.begin();
        source.reached(3);
        List<String> learned = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          learned.addAll(ids(source.next(() -> false)));
        }
        List<Refusal> refused = source.takeRefusals();
        assertThat(learned).hasSize(5 * BATCH).noneMatch(id -> id.startsWith(late + "/"));
        assertThat(refused)
            .hasSize(2)
            .allSatisfy(
                refusal -> {
                  assertThat(refusal.kind()).isEqualTo(DeadLetterKind.STALE);
                  assertThat(refusal.lostRollouts()).isEqualTo(1);
                  assertThat(refusal.reason())
                      .contains(late)
                      .contains("2 steps")
                      .contains("admission.staleness allows 1");
                });
      }
    }
  }

  @Test
  void manyRefusalsLeaveBeforeThereAreMore() {
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      KafkaConnection connection = connection(stack, "many");
      SyntheticRollouts synthetic = new SyntheticRollouts(VOCABULARY, 2);
      publish(
          connection,
          Stream.generate(synthetic::next)
              .limit(1500)
              .map(rollout -> sampledFrom(rollout, 1))
              .toList());
      try (RolloutSource source = source(connection)) {
        source.begin();
        source.reached(3);
        assertThat(source.next(source::holdsRefusalsBack)).isEmpty();
        assertThat(source.takeRefusals()).as("not all of them yet").hasSize(1000);
        assertThat(source.next(source::holdsRefusalsBack)).isEmpty();
        assertThat(source.takeRefusals()).as("nothing else comes").isNotEmpty();
      }
    }
  }

  @Test
  void aReplayLearnsFromScoresThatWereGivenLaterAndFromNoneThatCameAfterItsBegin() {
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      KafkaConnection connection =
          connection(
              stack,
              "later",
              Map.of(
                  "rewards.list",
                  "[{name: helpful, scorer: external}, {name: judge, scorer: external, weight: 2}]"));
      SyntheticRollouts synthetic = new SyntheticRollouts(VOCABULARY, 1);
      List<ScoredRollout> log =
          Stream.generate(synthetic::next)
              .limit(3 * BATCH + 1)
              .map(rollout -> withScore(rollout, 1))
              .toList();
      publish(connection, log);
      List<String> ids = log.stream().map(one -> one.getRollout().getRolloutId()).toList();
      ids.subList(1, ids.size()).forEach(id -> rescored(connection, id, 5));
      rescored(connection, ids.get(1), 7); // a newer version of the scorer

      SourcePosition first;
      List<Double> second;
      try (RolloutSource source = replay(connection)) {
        source.begin();
        List<ScoredSample> batch = source.next(() -> false);
        assertThat(ids(batch)).isEqualTo(ids.subList(1, 1 + BATCH));
        assertThat(batch).extracting(ScoredSample::score).containsExactly(15.0, 11.0, 11.0, 11.0);
        assertThat(source.figures()).containsEntry("objective/scores/judge", 5.5);
        assertThat(source.takeRefusals())
            .singleElement()
            .satisfies(
                refusal ->
                    assertThat(refusal.reason())
                        .contains(ids.get(0) + " has no score by judge")
                        .contains("rlhf rescore --scorer judge"));
        first = source.position();
        second = source.next(() -> false).stream().map(ScoredSample::score).toList();
      }
      ids.forEach(id -> rescored(connection, id, 100));
      try (RolloutSource source = replay(connection)) { // goes on from its checkpoint
        source.seek(first);
        AtomicInteger looks = new AtomicInteger();
        assertThat(source.next(() -> looks.getAndIncrement() > 0))
            .as("told to stop while it reads scores")
            .isEmpty();
      }
      try (RolloutSource source = replay(connection)) {
        source.seek(first);
        assertThat(source.next(() -> false))
            .extracting(ScoredSample::score)
            .containsExactlyElementsOf(second);
        source.begin();
        assertThat(source.next(() -> false)).extracting(ScoredSample::score).containsOnly(201.0);
      }
    }
  }

  @Test
  void groupsThatEarnTheSameAreSetAsideAndTheBatchIsFullAllTheSame() {
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      KafkaConnection connection = connection(stack, "signal");
      SyntheticRollouts synthetic = new SyntheticRollouts(VOCABULARY, 2);
      List<ScoredRollout> log =
          Stream.generate(synthetic::next)
              .limit(12 * BATCH)
              .map(rollout -> isEasy(request(rollout)) ? scored(rollout, 1) : rollout)
              .toList();
      publish(connection, log);

      List<String> learned = new ArrayList<>();
      List<SourcePosition> positions = new ArrayList<>();
      double setAside = 0;
      List<Refusal> refused;
      try (RolloutSource source = source(connection, LearnableSignal.needed(sample -> 0))) {
        source.begin();
        for (int i = 0; i < 3; i++) {
          learned.addAll(ids(source.next(() -> false)));
          positions.add(source.position());
          setAside += source.figures().getOrDefault("data/set_aside", 0.0);
        }
        refused = source.takeRefusals();
      }
      assertThat(learned).hasSize(3 * BATCH).noneMatch(RolloutSourceTest::isEasy);
      assertThat(setAside).isEqualTo(refused.size()).isPositive();
      assertThat(refused)
          .allSatisfy(
              refusal -> {
                assertThat(refusal.kind()).isEqualTo(DeadLetterKind.SIGNAL);
                assertThat(refusal.lostRollouts()).isEqualTo(1);
                assertThat(refusal.reason()).contains("all 2 responses", "earned the same");
              });
      try (RolloutSource source = source(connection, LearnableSignal.needed(sample -> 0))) {
        source.seek(positions.get(1)); // a learner that was killed
        assertThat(ids(source.next(() -> false))).isEqualTo(learned.subList(2 * BATCH, 3 * BATCH));
      }
      // Their lengths tell them apart, if length counts.
      try (RolloutSource source =
          source(
              connection,
              LearnableSignal.needed(sample -> sample.behaviorLogProbabilities().length))) {
        source.begin();
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          all.addAll(ids(source.next(() -> false)));
        }
        assertThat(all).anyMatch(RolloutSourceTest::isEasy);
      }
    }
  }

  private static ScoredRollout withScore(ScoredRollout rollout, double helpful) {
    return ScoredRollout.newBuilder(rollout)
        .setScores(Map.of("helpful", ComponentScore.newBuilder().setValue(helpful).build()))
        .build();
  }

  private static void rescored(KafkaConnection connection, String id, double value) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      producer.send(
          new ProducerRecord<>(
              connection.topics().scores().name(),
              0,
              "key",
              Score.newBuilder()
                  .setRolloutId(id)
                  .setRequestId(id.substring(0, id.lastIndexOf('/')))
                  .setScorer("judge")
                  .setValue(value)
                  .setScoredAt(Instant.EPOCH)
                  .setRescored(true)
                  .build()));
    }
  }

  private static RolloutSource replay(KafkaConnection connection) {
    return new RolloutSource(
        connection,
        new RangeConfiguration("beginning", "end", Optional.empty()),
        samples(connection),
        BATCH,
        1,
        LearnableStaleness.unbounded(),
        LearnableSignal.notNeeded());
  }

  private static ScoredSamples samples(KafkaConnection connection) {
    return new ScoredSamples(
        VOCABULARY, 128, new RewardSum(connection.configuration().effectiveRewards().all()));
  }

  /** Two thirds of the requests, or of their responses. */
  private static boolean isEasy(String id) {
    return Integer.parseInt(id.split("[-/]", 3)[1]) % 3 != 0;
  }

  private static ScoredRollout scored(ScoredRollout rollout, float score) {
    return ScoredRollout.newBuilder(rollout).setScore(score).build();
  }

  private static String request(ScoredRollout rollout) {
    return rollout.getRollout().getRequestId();
  }

  private static ScoredRollout sampledFrom(ScoredRollout rollout, long step) {
    VersionSegment segment =
        new VersionSegment(
            new WeightVersion(0, step), 0, rollout.getRollout().getResponseTokenIds().size());
    return ScoredRollout.newBuilder(rollout)
        .setRollout(Rollout.newBuilder(rollout.getRollout()).setSegments(List.of(segment)).build())
        .build();
  }

  private KafkaConnection connection(EmbeddedStack stack, String run) {
    return connection(stack, run, Map.of());
  }

  private KafkaConnection connection(EmbeddedStack stack, String run, Map<String, String> more) {
    Map<String, String> settings = RunSettings.of(stack, directory, run);
    settings.putAll(more);
    KafkaConnection connection = new KafkaConnection(RlhfConfiguration.of(settings));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    return connection;
  }

  private static RolloutSource source(KafkaConnection connection) {
    return source(connection, LearnableSignal.notNeeded());
  }

  private static RolloutSource source(KafkaConnection connection, LearnableSignal signal) {
    return new RolloutSource(
        connection,
        RangeConfiguration.forEver(),
        samples(connection),
        BATCH,
        2,
        new LearnableStaleness(1),
        signal);
  }

  private static List<String> ids(List<ScoredSample> batch) {
    return batch.stream().map(ScoredSample::id).toList();
  }

  private static void publish(KafkaConnection connection, List<ScoredRollout> rollouts) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (ScoredRollout rollout : rollouts) {
        producer.send(
            new ProducerRecord<>(connection.topics().scoredRollouts().name(), 0, "key", rollout));
      }
    }
  }
}
