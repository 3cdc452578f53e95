package org.rlhfstreams.service.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.ComponentScore;
import org.rlhfstreams.events.Evaluation;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lineage.Account.Stage;
import org.rlhfstreams.service.log.GroupPositions;

/** The account of logs that are written here, record by record. */
@Tag("slow")
final class AuditTest {
  @TempDir private static Path directory;
  private static EmbeddedStack stack;

  private KafkaConnection connection;
  private KafkaProducer<String, Object> producer;

  @BeforeAll
  static void start() {
    EventSerdes.trustEvents();
    stack = EmbeddedStack.start(directory, 0, 0);
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private void log(String prefix) throws Exception {
    connection =
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers", stack.bootstrapServers(),
                    "connection.schema-registry-url", stack.schemaRegistryUrl(),
                    "connection.topic-prefix", prefix)));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    producer = connection.producer();
  }

  private void request(String id, int samples) {
    producer.send(
        new ProducerRecord<>(
            connection.topics().rolloutRequests().name(),
            0,
            id,
            RolloutRequest.newBuilder()
                .setRequestId(id)
                .setPromptId("p")
                .setPromptText("Once upon a time")
                .setPromptTokenIds(List.of(1, 2, 3))
                .setSampling(sampling())
                .setSamples(samples)
                .setMinimumVersion(new WeightVersion(0, 0L))
                .setSequence(0)
                .setCreatedAt(Instant.EPOCH)
                .build()));
  }

  private static SamplingSettings sampling() {
    return SamplingSettings.newBuilder().setTemperature(1).setMaxNewTokens(8).setSeed(0).build();
  }

  private static Rollout rollout(String id, long step) {
    return Rollout.newBuilder()
        .setRolloutId(id)
        .setRequestId(id.substring(0, id.lastIndexOf('/')))
        .setPromptId("p")
        .setSampleIndex(0)
        .setPromptText("Once upon a time")
        .setPromptTokenIds(List.of(1, 2, 3))
        .setResponseText("there was")
        .setResponseTokenIds(List.of(4, 5))
        .setBehaviorLogProbabilities(List.of(-1f, -1f))
        .setSampling(sampling())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, step), 0, 2)))
        .setFinishReason(FinishReason.LENGTH)
        .setWorkerId("w")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .build();
  }

  private void sampled(String id, long step) {
    producer.send(
        new ProducerRecord<>(connection.topics().rollouts().name(), 0, id, rollout(id, step)));
  }

  /** A response to a held-out prompt. */
  private void measured(String id, long step) {
    Rollout rollout =
        Rollout.newBuilder(rollout(id, step))
            .setEvaluation(new Evaluation(new WeightVersion(0, step), 2))
            .build();
    producer.send(new ProducerRecord<>(connection.topics().rollouts().name(), 0, id, rollout));
  }

  private void scored(String id, long step) {
    producer.send(
        new ProducerRecord<>(
            connection.topics().scoredRollouts().name(),
            0,
            id,
            ScoredRollout.newBuilder()
                .setRollout(rollout(id, step))
                .setScore(1)
                .setRewardModelVersion(new WeightVersion(0, 0L))
                .setReferenceLogProbabilities(List.of(-1f, -1f))
                .setKl(List.of(0f, 0f))
                .setScoredAt(Instant.EPOCH)
                .build()));
  }

  private void graded(String id, String scorer) {
    graded(id, scorer, false);
  }

  private void graded(String id, String scorer, boolean rescored) {
    producer.send(
        new ProducerRecord<>(
            connection.topics().scores().name(),
            0,
            id,
            Score.newBuilder()
                .setRolloutId(id)
                .setRequestId(id.substring(0, id.lastIndexOf('/')))
                .setScorer(scorer)
                .setValue(1.0)
                .setScoredAt(Instant.EPOCH)
                .setRescored(rescored)
                .build()));
  }

  private void joined(String id, String... required) {
    Map<String, ComponentScore> scores = new HashMap<>();
    for (String name : required) {
      scores.put(name, ComponentScore.newBuilder().setValue(1).build());
    }
    producer.send(
        new ProducerRecord<>(
            connection.topics().scoredRollouts().name(),
            0,
            id,
            ScoredRollout.newBuilder()
                .setRollout(rollout(id, 0))
                .setScore(1)
                .setRewardModelVersion(new WeightVersion(0, 0L))
                .setReferenceLogProbabilities(List.of(-1f, -1f))
                .setKl(List.of(0f, 0f))
                .setScoredAt(Instant.EPOCH)
                .setScores(scores)
                .setRequiredScorers(List.of(required))
                .build()));
  }

  private void step(long step, String... ids) {
    String run = connection.topics().prefix() + "ppo";
    producer.send(
        new ProducerRecord<>(
            connection.topics().trainingMetrics().name(),
            0,
            run,
            StepMetrics.newBuilder()
                .setRunId(run)
                .setObjective("ppo")
                .setVersion(new WeightVersion(0, step))
                .setValues(new HashMap<>())
                .setRolloutIds(List.of(ids))
                .setMeasuredAt(Instant.EPOCH)
                .build()));
  }

  private void weights(long step) {
    producer.send(
        new ProducerRecord<>(
            connection.topics().policyWeights().name(),
            0,
            "0." + step,
            new WeightRecord(
                new WeightVersion(0, step),
                WeightCommit.newBuilder().setSha256("00").setCommittedAt(Instant.EPOCH).build())));
  }

  /** A group says that it is done with everything before an offset. */
  private void reached(String group, String topic, long offset) {
    GroupPositions positions = new GroupPositions(connection, group);
    TopicPartition input = new TopicPartition(topic, 0);
    positions.newest(Set.of(input));
    producer.send(positions.record(input, "id", offset, null, "test"));
  }

  private Account account() throws Exception {
    producer.close();
    return new Audit(connection).account();
  }

  @Test
  void aSoundLogBalances() throws Exception {
    log("sound.");
    weights(0);
    for (int step = 1; step <= 3; step++) {
      String[] ids = new String[4];
      for (int i = 0; i < 4; i++) {
        ids[i] = "p/" + step + "/" + i;
        sampled(ids[i], step - 1);
        scored(ids[i], step - 1);
      }
      request("p/" + step, 4);
      step(step, ids);
      weights(step);
    }
    measured("q1/evaluation/0.2/0", 2);
    measured("q2/evaluation/0.2/0", 2);
    reached("rollout-workers", connection.topics().rolloutRequests().name(), 3);
    reached("reward-service", connection.topics().rollouts().name(), 14);
    reached("learner-ppo", connection.topics().scoredRollouts().name(), 12);
    Account account = account();
    for (Problem problem : Problem.values()) {
      assertThat(account.told(problem, 5)).isEmpty();
    }
    assertThat(account.requests()).isEqualTo(3);
    for (Stage stage : Stage.values()) {
      assertThat(account.count(stage)).as("%s", stage).isEqualTo(12);
    }
    assertThat(account.runs())
        .containsExactly(
            new RunAccount(
                "sound.ppo", "ppo", 3, 12, 0, List.of(new RunAccount.Generation(0, 1, 3))));
    assertThat(account.waitingForLearners()).isZero();
    assertThat(account.evaluations()).isEqualTo(2);
    assertThat(account.unasked()).isZero();
  }

  @Test
  void whatIsWrongIsNamedWithItsPlaces() throws Exception {
    log("broken.");
    weights(0);
    weights(2);
    request("p/1", 3);
    request("p/2", 1);
    for (String id : List.of("p/1/0", "p/1/0", "p/1/1", "p/2/0")) {
      sampled(id, 0);
    }
    scored("p/1/0", 0);
    scored("p/2/0", 7);
    step(1, "p/1/0");
    step(2, "p/1/0");
    reached("rollout-workers", connection.topics().rolloutRequests().name(), 2);
    reached("reward-service", connection.topics().rollouts().name(), 3);
    reached("learner-ppo", connection.topics().scoredRollouts().name(), 2);
    Account account = account();
    assertThat(account.balances()).isFalse();
    assertThat(account.told(Problem.DOUBLED, 5))
        .containsExactly(
            "p/1/0: sampled twice: broken.rollouts-0@0, broken.rollouts-0@1",
            "p/1/0: learned from by broken.ppo twice: broken.training-metrics-0@0,"
                + " broken.training-metrics-0@1");
    assertThat(account.told(Problem.LOST, 5))
        .containsExactly(
            "p/1/2: admitted; the workers are done with it, but nobody has sampled it:"
                + " broken.rollout-requests-0@0",
            "p/1/1: sampled; scoring is done with it, but it has no score: broken.rollouts-0@2",
            "p/2/0: scored; broken.ppo is done with it, but has not learned from it:"
                + " broken.scored-rollouts-0@1");
    assertThat(account.told(Problem.WEIGHTS, 5))
        .containsExactly("step 0.1 of broken.ppo has left no weights: broken.training-metrics-0@0");
  }

  @Test
  void everyScoreThatWasWaitedForIsThereOnce() throws Exception {
    log("graded.");
    weights(0);
    request("p/1", 4);
    for (int i = 0; i < 4; i++) {
      sampled("p/1/" + i, 0);
    }
    for (String scorer : List.of("right", "reference")) {
      graded("p/1/0", scorer);
      graded("p/1/1", scorer);
    }
    graded("p/1/1", "right");
    graded("p/1/2", "right");
    graded("p/1/0", "somebody-elses");
    joined("p/1/0", "right", "reference");
    joined("p/1/1", "right", "reference");
    joined("p/1/2", "right", "reference");
    step(1, "p/1/0", "p/1/1", "p/1/2");
    weights(1);
    reached("scorer-right", connection.topics().rollouts().name(), 3);
    reached("scorer-reference", connection.topics().rollouts().name(), 2);
    Account account = account();
    assertThat(account.told(Problem.DOUBLED, 5))
        .containsExactly("p/1/1: scored by right twice: graded.scores-0@1, graded.scores-0@4");
    assertThat(account.told(Problem.CONTRADICTED, 5))
        .containsExactly(
            "p/1/2: scored, but not by reference, which it has waited for:"
                + " graded.scored-rollouts-0@2");
    assertThat(account.scores()).isEqualTo(7);
    assertThat(account.scoredBy())
        .isEqualTo(Map.of("right", 3L, "reference", 2L, "somebody-elses", 1L));
    assertThat(account.waitingForScoring()).isOne();
  }

  @Test
  void whatWasScoredAgainIsOnNoAccount() throws Exception {
    log("again.");
    weights(0);
    request("p/1", 2);
    for (String id : List.of("p/1/0", "p/1/1")) {
      sampled(id, 0);
      graded(id, "reference");
      graded(id, "right", true); // takes the place of no score that was waited for
    }
    graded("p/1/0", "right");
    graded("p/1/0", "right", true);
    joined("p/1/0", "right", "reference");
    joined("p/1/1", "right", "reference");
    step(1, "p/1/0", "p/1/1");
    weights(1);
    reached("scorer-right", connection.topics().rollouts().name(), 1);
    Account account = account();
    assertThat(account.told(Problem.DOUBLED, 5)).isEmpty();
    assertThat(account.told(Problem.CONTRADICTED, 5))
        .containsExactly(
            "p/1/1: scored, but not by right, which it has waited for:"
                + " again.scored-rollouts-0@1");
    assertThat(account.rescored()).isEqualTo(3);
    assertThat(account.repeatedScores()).isZero();
    assertThat(account.scoredBy()).isEqualTo(Map.of("right", 1L, "reference", 2L));
  }

  @Test
  void manyMoreRolloutsThanAStretchAreCounted() throws Exception {
    log("many.");
    int rollouts = 3_000;
    List<String> ids = IntStream.range(0, rollouts).mapToObj(i -> "p/" + i + "/0").toList();
    for (String id : ids) {
      request(id.substring(0, id.length() - 2), 1);
      sampled(id, 0);
      scored(id, 0);
    }
    step(1, ids.toArray(String[]::new));
    Account account = account();
    assertThat(account.balances()).isTrue();
    assertThat(account.count(Stage.LEARNED)).isEqualTo(rollouts);
  }
}
