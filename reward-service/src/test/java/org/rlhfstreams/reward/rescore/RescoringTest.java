package org.rlhfstreams.reward.rescore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.reward.StandaloneScorer;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.index.TemporaryIndex;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.kafka.RecordTransactions;
import org.rlhfstreams.service.log.CommittedLog;

/** Rollouts of the past get the scores of one more scorer once, whatever is interrupted when. */
@Tag("slow")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class RescoringTest {
  private static final String REWARDS =
      "[{name: helpful, scorer: external}, {name: right, scorer: math, weight: 0},"
          + " {name: kind, scorer: reward-model, weight: 0}]";

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  @TempDir private Path directory;
  private KafkaConnection connection;
  private final List<String> cut = new ArrayList<>();

  @BeforeAll
  static void start() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void close() {
    stack.close();
  }

  private void log(String prefix) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connection.bootstrap-servers", stack.bootstrapServers());
    settings.put("connection.schema-registry-url", stack.schemaRegistryUrl());
    settings.put("connection.topic-prefix", prefix);
    settings.put("topics.partitions", "2");
    settings.put("reward-service.batch-size", "4");
    settings.put("rewards.list", REWARDS);
    connection = new KafkaConnection(RlhfConfiguration.of(settings));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
  }

  private static Rollout rollout(int number, Map<String, String> metadata) {
    return Rollout.newBuilder()
        .setRolloutId("r" + number + "/0")
        .setRequestId("r" + number)
        .setPromptId("p")
        .setSampleIndex(0)
        .setPromptText("What is 2 + 2?")
        .setPromptTokenIds(List.of(1))
        .setResponseText("It is " + (number % 3 == 0 ? 5 : 4))
        .setResponseTokenIds(List.of(2, 3))
        .setBehaviorLogProbabilities(List.of(-1f, -1f))
        .setSampling(
            SamplingSettings.newBuilder().setTemperature(1).setMaxNewTokens(8).setSeed(0).build())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, (long) number), 0, 2)))
        .setFinishReason(FinishReason.STOP)
        .setWorkerId("w")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .setMetadata(metadata)
        .build();
  }

  /** Rollouts to both partitions, of which every tenth cannot be judged. */
  private void sampled(int from, int until) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (int i = from; i < until; i++) {
        Rollout rollout = rollout(i, i % 10 == 9 ? Map.of() : Map.of("answer", "4"));
        producer.send(
            new ProducerRecord<>(
                connection.topics().rollouts().name(), i % 2, rollout.getRequestId(), rollout));
        producer.send(
            new ProducerRecord<>(
                connection.topics().scores().name(),
                i % 2,
                rollout.getRequestId(),
                Score.newBuilder()
                    .setRolloutId(rollout.getRolloutId())
                    .setRequestId(rollout.getRequestId())
                    .setScorer("helpful")
                    .setValue((double) i)
                    .setScoredAt(Instant.EPOCH)
                    .build()));
      }
    }
  }

  private final class Heard implements RescoreListener {
    private final AtomicLong records = new AtomicLong();

    @Override
    public void cut(TopicPartition partition, long oldest) {
      cut.add(partition + " from " + oldest);
    }

    @Override
    public void done(long done, long scored) {
      records.set(done);
    }
  }

  private Optional<RescoredRollouts> rescored(
      RangeConfiguration range, OptionalInt partition, long most) {
    Heard heard = new Heard();
    try (StandaloneScorer scorer =
            StandaloneScorer.open(
                connection,
                StandaloneScorer.require(connection.configuration(), "right"),
                () -> false);
        TemporaryIndex index = TemporaryIndex.open(directory, "test")) {
      return new Rescoring(
              connection,
              scorer,
              scorer.version(),
              OldReward.of(connection.configuration().effectiveRewards().all(), "right"),
              index,
              heard)
          .run(range, partition, () -> heard.records.get() >= most);
    }
  }

  private RescoredRollouts rescored(String from, String until) {
    return rescored(range(from, until), OptionalInt.empty(), Long.MAX_VALUE).orElseThrow();
  }

  private static RangeConfiguration range(String from, String until) {
    return new RangeConfiguration(from, until, Optional.empty());
  }

  /** Scores by the scorer, as text with their places. */
  private List<Score> scores() throws ExecutionException, InterruptedException {
    List<Score> scores = new ArrayList<>();
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(
          connection.topics().scores(),
          connection.decoder(Score.class),
          (record, score) -> {
            if (score.getScorer().equals("right")) {
              int number = Integer.parseInt(score.getRequestId().substring(1));
              assertThat(record.partition()).isEqualTo(number % 2);
              assertThat(record.key()).isEqualTo(score.getRequestId());
              scores.add(score);
            }
          });
    }
    return scores;
  }

  @Test
  void anInterruptedCommandGoesOnAndARepeatedOneSendsNothing() throws Exception {
    log("twice.");
    sampled(0, 100);
    assertThat(rescored(range("beginning", "end"), OptionalInt.empty(), 30)).isEmpty();
    int first = scores().size();
    assertThat(first).isBetween(20, 40);

    RescoredRollouts second = rescored("beginning", "end");
    assertThat(second.rollouts()).isEqualTo(100);
    assertThat(second.refused()).isEqualTo(10);
    assertThat(second.reasons()).hasSize(1);
    assertThat(second.reasons().keySet().iterator().next()).contains("answer");
    assertThat(second.scored() + second.present()).isEqualTo(90);
    assertThat(second.scored()).isBetween(50L, 80L);
    List<Score> scores = scores();
    assertThat(scores)
        .hasSize(100)
        .allMatch(Score::getRescored)
        .allMatch(score -> score.getScorerVersion().matches("math-[0-9a-f]{8}"))
        .extracting(Score::getRolloutId)
        .doesNotHaveDuplicates();
    assertThat(scores).filteredOn(score -> score.getValue() != null).hasSize(90);
    assertThat(second.pairs()).hasSize(90);
    for (ScorePair pair : second.pairs()) {
      assertThat(pair.before()).isEqualTo((double) pair.step());
      assertThat(pair.now()).isEqualTo(pair.step() % 3 == 0 ? 0 : 1);
    }

    RescoredRollouts third = rescored("beginning", "end");
    assertThat(third.scored()).isZero();
    assertThat(third.present()).isEqualTo(90);
    assertThat(third.refused()).as("tried again, to no other end").isEqualTo(10);
    assertThat(third.pairs()).isEqualTo(second.pairs());
    assertThat(scores()).hasSize(100);
    Map<String, Rollout> texts =
        RolloutTexts.of(connection, third.pairs().subList(7, 9), () -> false);
    assertThat(texts.keySet())
        .containsExactlyInAnyOrder(
            third.pairs().get(7).rolloutId(), third.pairs().get(8).rolloutId());
  }

  @Test
  void aRangeIsAPartOfTheLog() throws Exception {
    log("range.");
    sampled(0, 20);
    Instant between = Instant.ofEpochMilli(System.currentTimeMillis() + 1);
    while (!Instant.now().isAfter(between)) {
      Thread.onSpinWait(); // records have their times in milliseconds
    }
    sampled(20, 30);
    assertThat(rescored(between.toString(), "end").rollouts()).isEqualTo(10);
    assertThat(scores()).hasSize(10).allMatch(s -> number(s) >= 20);
    assertThat(rescored("beginning", between.toString()).rollouts()).isEqualTo(20);
    assertThat(
            rescored(range("offset:3", "offset:5"), OptionalInt.of(1), Long.MAX_VALUE)
                .orElseThrow()
                .pairs())
        .extracting(ScorePair::rolloutId)
        .containsExactly("r7/0"); // of r7 and r9, which cannot be judged
    assertThatThrownBy(() -> rescored("offset:3", "offset:5"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("range.rollouts has 2")
        .hasMessageContaining("--partition");
    assertThatThrownBy(
            () -> rescored(range("beginning", "offset:999"), OptionalInt.of(0), Long.MAX_VALUE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("offset:999 lies behind the log: range.rollouts-0 holds the offsets");
    assertThatThrownBy(() -> rescored(range("beginning", "end"), OptionalInt.of(2), 1))
        .hasMessageContaining("partitions 0 to 1");
    assertThatThrownBy(() -> rescored("2099-01-01T00:00:00Z", "end"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("holds no rollout: range.rollouts-0 holds the offsets 0 to");
    assertThatThrownBy(() -> rescored("beginning", "never"))
        .hasMessageContaining("rlhf reward-service");
  }

  private static int number(Score score) {
    return Integer.parseInt(score.getRequestId().substring(1));
  }

  @Test
  void whatRetentionHasRemovedIsSaidAndTheRestIsScored() throws Exception {
    log("cut.");
    assertThatThrownBy(() -> rescored("beginning", "end"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("nothing has been sampled yet");
    sampled(0, 20);
    TopicPartition partition = new TopicPartition(connection.topics().rollouts().name(), 1);
    try (Admin admin = connection.admin()) {
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4))).all().get();
    }
    assertThat(rescored("beginning", "end").rollouts()).isEqualTo(16);
    assertThat(cut).containsExactly("cut.rollouts-1 from 4");
    cut.clear();
    assertThat(
            rescored(range("offset:2", "offset:6"), OptionalInt.of(1), Long.MAX_VALUE)
                .orElseThrow()
                .rollouts())
        .isEqualTo(2);
    assertThat(cut).containsExactly("cut.rollouts-1 from 4");
    assertThat(rescored(range("beginning", "end"), OptionalInt.of(0), Long.MAX_VALUE)).isPresent();
    assertThat(cut).hasSize(1);
  }

  @Test
  void ofTwoAtOnceTheSecondGoesOnAndTheFirstSaysSo() throws Exception {
    log("fenced.");
    sampled(0, 40);
    AtomicLong looks = new AtomicLong();
    Set<RecordTransactions> second = new HashSet<>();
    try (StandaloneScorer scorer =
            StandaloneScorer.open(
                connection,
                StandaloneScorer.require(connection.configuration(), "right"),
                () -> false);
        TemporaryIndex index = TemporaryIndex.open(directory, "test")) {
      Rescoring first =
          new Rescoring(connection, scorer, "1", Optional.empty(), index, new Heard());
      assertThatThrownBy(
              () ->
                  first.run(
                      range("beginning", "end"),
                      OptionalInt.empty(),
                      () -> {
                        if (looks.incrementAndGet() == 10) {
                          second.add(RecordTransactions.open(connection, "scorer-right-rescore"));
                        }
                        return false;
                      }))
          .isInstanceOf(ConnectionException.class)
          .hasMessageContaining("another rlhf rescore --scorer right has begun");
    } finally {
      second.forEach(RecordTransactions::close);
    }
    rescored("beginning", "end");
    assertThat(scores())
        .filteredOn(score -> score.getScorerVersion().startsWith("math"))
        .hasSize(40);
  }

  @Test
  void aScorerThatCannotScoreHereIsRefusedWithWhatToDo() {
    log("refused.");
    RlhfConfiguration configuration = connection.configuration();
    assertThatThrownBy(() -> StandaloneScorer.require(configuration, "rihgt"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("there is no reward rihgt; there are helpful, kind, right");
    assertThatThrownBy(() -> StandaloneScorer.require(configuration, "helpful"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("helpful is external: its program is yours to run");
    assertThatThrownBy(() -> StandaloneScorer.require(configuration, "kind"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("settings: {model: DIR}")
        .hasMessageContaining("rlhf model export --of reward");
  }
}
