package org.rlhfstreams.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;
import org.rlhfstreams.service.log.GroupPositions;
import org.rlhfstreams.service.log.LogEnds;
import org.rlhfstreams.service.log.LogIdentity;

/** Each scorer says something of each rollout once, and none waits for another. */
@Tag("slow")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class RewardServiceTest {
  private static final Path MODELS = Path.of("..", "models");
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final int BEYOND_THE_VOCABULARY = 1_000_000;

  @TempDir private Path data;
  private EmbeddedStack stack;
  private KafkaConnection connection;

  /** Counts tokens, if its gate is open. */
  private static final class Counting implements ScorerCatalog {
    private volatile boolean open;

    @Override
    public Set<String> kinds() {
      return Set.of("count");
    }

    @Override
    public void require(RewardConfiguration reward) {}

    @Override
    public RolloutScorer open(
        RewardConfiguration reward, KafkaConnection connection, BooleanSupplier stopped) {
      return rollouts -> {
        await().atMost(LONGEST).until(() -> open);
        return rollouts.stream()
            .map(one -> ScorerAnswer.of(one.getResponseTokenIds().size(), "1", Optional.empty()))
            .toList();
      };
    }
  }

  /** Answers how many of its request it is shown a rollout with. */
  private static final class Comparing implements ScorerCatalog {
    @Override
    public Set<String> kinds() {
      return Set.of("compare");
    }

    @Override
    public void require(RewardConfiguration reward) {}

    @Override
    public RolloutScorer open(
        RewardConfiguration reward, KafkaConnection connection, BooleanSupplier stopped) {
      return new RolloutScorer() {
        @Override
        public boolean wholeGroups() {
          return true;
        }

        @Override
        public List<ScorerAnswer> score(List<Rollout> rollouts) {
          return rollouts.stream()
              .map(one -> rollouts.stream().filter(other -> sameRequest(one, other)).count())
              .map(count -> ScorerAnswer.of(count, "", Optional.empty()))
              .toList();
        }

        private boolean sameRequest(Rollout one, Rollout other) {
          return one.getRequestId().equals(other.getRequestId());
        }
      };
    }
  }

  @BeforeEach
  void start() throws ExecutionException, InterruptedException {
    stack = EmbeddedStack.start(data, 0, 0);
    connection =
        connect(
            "[{name: helpful, scorer: reward-model}, {name: length, scorer: count, weight: 0}]",
            "");
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
  }

  private KafkaConnection connect(String rewards, String scorers) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connection.bootstrap-servers", stack.bootstrapServers());
    settings.put("connection.schema-registry-url", stack.schemaRegistryUrl());
    settings.put("topics.partitions", "2");
    settings.put("model.policy", MODELS.resolve("starter").toString());
    settings.put("model.reward", MODELS.resolve("starter-reward").toString());
    settings.put("rewards.list", rewards);
    settings.put("reward-service.scorers", scorers);
    return new KafkaConnection(RlhfConfiguration.of(settings));
  }

  @AfterEach
  void close() {
    stack.close();
  }

  private static Rollout rollout(String requestId, int token) {
    return Rollout.newBuilder()
        .setRolloutId(requestId + "/0")
        .setRequestId(requestId)
        .setPromptId("p")
        .setSampleIndex(0)
        .setPromptText("x")
        .setPromptTokenIds(List.of(10, 11))
        .setResponseText("y")
        .setResponseTokenIds(List.of(12, token, 14))
        .setBehaviorLogProbabilities(List.of(-1f, -1f, -1f))
        .setSampling(
            SamplingSettings.newBuilder()
                .setTemperature(1f)
                .setTopK(0)
                .setTopP(1f)
                .setMaxNewTokens(3)
                .setSeed(0L)
                .build())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, 0L), 0, 3)))
        .setFinishReason(FinishReason.LENGTH)
        .setWorkerId("w")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .build();
  }

  private void sampled(String requestId, int token) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      producer.send(
          new ProducerRecord<>(
              connection.topics().rollouts().name(), requestId, rollout(requestId, token)));
    }
  }

  private List<Score> scores(String scorer) throws ExecutionException, InterruptedException {
    List<Score> scores = new ArrayList<>();
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(
          connection.topics().scores(),
          connection.decoder(Score.class),
          (record, score) -> {
            if (score.getScorer().equals(scorer)) {
              scores.add(score);
            }
          });
    }
    return scores;
  }

  private void awaitScores(String scorer, int count) {
    await(scorer).atMost(LONGEST).until(() -> scores(scorer).size() >= count);
  }

  @Test
  void eachScoresOnceAlsoAfterARestartAndASlowOneHoldsUpNone() throws Exception {
    IntStream.range(0, 20).forEach(i -> sampled("r" + i, 20 + i));
    Counting counting = new Counting();
    try (RewardService service = RewardService.start(connection, counting)) {
      awaitScores("helpful", 20);
      awaitScores("reference", 20);
      assertThat(scores("length")).isEmpty();
      assertThat(service.ended()).isNotDone();
      counting.open = true;
      awaitScores("length", 20);
    }
    sampled("last", BEYOND_THE_VOCABULARY);
    try (RewardService service = RewardService.start(connection, counting)) {
      for (String scorer : List.of("helpful", "reference", "length")) {
        awaitScores(scorer, 21);
      }
      assertThat(service.ended()).isNotDone();
    }
    for (String scorer : List.of("helpful", "reference", "length")) {
      assertThat(scores(scorer))
          .hasSize(21)
          .extracting(Score::getRolloutId)
          .doesNotHaveDuplicates();
    }
    assertThat(scores("length")).extracting(Score::getValue).containsOnly(3.0);
    for (Score score : scores("reference")) {
      if (score.getRequestId().equals("last")) {
        assertThat(score.getFailure()).contains("outside the vocabulary");
      } else {
        assertThat(score.getTokenValues()).hasSize(3).allMatch(value -> value < 0);
        OptionalDouble sum =
            OptionalDouble.of(
                score.getTokenValues().stream().mapToDouble(Float::doubleValue).sum());
        assertThat(score.getValue()).isEqualTo(sum.getAsDouble());
      }
    }
    assertThat(scores("helpful"))
        .filteredOn(score -> !score.getRequestId().equals("last"))
        .allSatisfy(
            score -> assertThat(score.getModelVersion()).isEqualTo(new WeightVersion(0, 0L)))
        .extracting(Score::getValue)
        .doesNotHaveDuplicates();
  }

  private void sampled(String requestId, int index, int samples) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      Rollout one =
          Rollout.newBuilder(rollout(requestId, 20))
              .setRolloutId(requestId + "/" + index)
              .setSampleIndex(index)
              .setSamples(samples)
              .build();
      producer.send(new ProducerRecord<>(connection.topics().rollouts().name(), requestId, one));
    }
  }

  @Test
  void aScorerThatComparesIsGivenWholeGroupsAlsoAfterARestartBetweenItsMembers() throws Exception {
    connection = connect("[{name: best, scorer: compare}]", "best");
    sampled("early", 0, 3);
    for (int i = 0; i < 10; i++) {
      sampled("early", 1, 3); // is there already, from the second time on
      sampled("r" + i, 0, 2);
      sampled("r" + i, 1, 2);
    }
    try (RewardService service = RewardService.start(connection, new Comparing())) {
      awaitScores("best", 20);
      assertThat(service.ended()).isNotDone();
    }
    assertThat(scores("best")).extracting(Score::getRequestId).doesNotContain("early");
    sampled("early", 2, 3);
    sampled("late", 0, 1);
    try (RewardService service = RewardService.start(connection, new Comparing())) {
      awaitScores("best", 24);
      assertThat(service.ended()).isNotDone();
    }
    assertThat(scores("best"))
        .hasSize(24)
        .allSatisfy(
            score ->
                assertThat(score.getValue())
                    .isEqualTo(
                        switch (score.getRequestId()) {
                          case "early" -> 3.0;
                          case "late" -> 1.0;
                          default -> 2.0;
                        }))
        .extracting(Score::getRolloutId)
        .doesNotHaveDuplicates();
  }

  @Test
  void scorersBeginWhereARewardServiceOfAnEarlierReleaseEnded() throws Exception {
    IntStream.range(0, 10).forEach(i -> sampled("r" + i, 20 + i));
    TopicPartition first = new TopicPartition(connection.topics().rollouts().name(), 0);
    TopicPartition second = new TopicPartition(first.topic(), 1);
    Map<TopicPartition, Long> ends;
    try (Admin admin = connection.admin()) {
      ends = LogEnds.written(admin, List.of(first, second), LONGEST);
    }
    GroupPositions positions = new GroupPositions(connection, "reward-service");
    positions.newest(List.of(first, second));
    String id = new LogIdentity(connection).of(List.of(first.topic())).get(first.topic());
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      ends.forEach(
          (partition, end) -> producer.send(positions.record(partition, id, end, null, "test")));
    }
    Counting counting = new Counting();
    counting.open = true;
    try (RewardService service = RewardService.start(connection, counting)) {
      sampled("new", 20);
      for (String scorer : List.of("helpful", "reference", "length")) {
        awaitScores(scorer, 1);
        assertThat(scores(scorer)).extracting(Score::getRequestId).containsExactly("new");
      }
      assertThat(service.ended()).isNotDone();
    }
  }
}
