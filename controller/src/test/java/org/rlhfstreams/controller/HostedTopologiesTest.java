package org.rlhfstreams.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutStatistics;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.GroupPositions;
import org.rlhfstreams.topology.admission.AdmissionListener;
import org.rlhfstreams.topology.admission.EncodedPrompt;
import org.rlhfstreams.topology.scores.ScoresListener;

/** The topologies on a real broker: what people answer counts once, also across a restart. */
@Tag("slow")
final class HostedTopologiesTest {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  @TempDir private Path directory;

  @BeforeAll
  static void startBroker() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeBroker() {
    stack.close();
  }

  private static KafkaConnection connection(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("connection.bootstrap-servers", stack.bootstrapServers());
    settings.put("connection.schema-registry-url", stack.schemaRegistryUrl());
    settings.put("people.enabled", "true");
    return new KafkaConnection(RlhfConfiguration.of(settings));
  }

  private HostedTopologies host(KafkaConnection connection, String state) {
    return new HostedTopologies(
        connection,
        prompt -> new EncodedPrompt(prompt.getText(), new int[] {1}),
        directory.resolve(state),
        AdmissionListener.none(),
        ScoresListener.none());
  }

  /** Events of a topic as they are committed. */
  private static final class Committed<T extends SpecificRecord> implements AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;
    private final RecordDecoder<T> decoder;
    private final List<T> events = new ArrayList<>();

    Committed(KafkaConnection connection, Topic topic, Class<T> event) {
      this.consumer = connection.plainConsumer();
      this.decoder = connection.decoder(event);
      List<TopicPartition> partitions = List.of(new TopicPartition(topic.name(), 0));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }

    /** All so far, as soon as there are so many. */
    List<T> await(int count) {
      Awaitility.await().atMost(LONGEST).until(() -> poll() >= count);
      return List.copyOf(events);
    }

    /** All so far, as soon as they are as wanted. */
    List<T> until(Predicate<List<T>> wanted) {
      Awaitility.await().atMost(LONGEST).until(() -> poll() > 0 && wanted.test(events));
      return List.copyOf(events);
    }

    private int poll() throws UndecodableException {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        events.add(decoder.decode(record.topic(), record.value()));
      }
      return events.size();
    }

    @Override
    public void close() {
      consumer.close();
    }
  }

  private static void send(KafkaConnection connection, Topic topic, Object... events)
      throws ExecutionException, InterruptedException {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (Object event : events) {
        assertThat(producer.send(new ProducerRecord<>(topic.name(), "key", event)).get())
            .isNotNull();
      }
    }
  }

  private static ScoredRollout scored(String promptId, int round) {
    WeightVersion version = new WeightVersion(0, 1L);
    Rollout rollout =
        Rollout.newBuilder()
            .setRolloutId(promptId + "/" + round + "/0")
            .setRequestId(promptId + "/" + round)
            .setPromptId(promptId)
            .setSampleIndex(0)
            .setPromptText("prompt")
            .setPromptTokenIds(List.of(1))
            .setResponseText("text " + round)
            .setResponseTokenIds(List.of(2))
            .setBehaviorLogProbabilities(List.of(-1f))
            .setSampling(
                SamplingSettings.newBuilder()
                    .setTemperature(1f)
                    .setTopK(0)
                    .setTopP(1f)
                    .setMaxNewTokens(16)
                    .setSeed(7L)
                    .build())
            .setSegments(List.of(new VersionSegment(version, 0, 1)))
            .setFinishReason(FinishReason.STOP)
            .setWorkerId("w")
            .setStartedAt(Instant.EPOCH)
            .setFinishedAt(Instant.EPOCH)
            .build();
    return ScoredRollout.newBuilder()
        .setRollout(rollout)
        .setScore(round)
        .setRewardModelVersion(version)
        .setReferenceLogProbabilities(List.of(-1f))
        .setKl(List.of(0f))
        .setScoredAt(Instant.EPOCH)
        .build();
  }

  private static Judgement judgement(String judgementId, String comparisonId) {
    return Judgement.newBuilder()
        .setJudgementId(judgementId)
        .setComparisonId(comparisonId)
        .setAnnotator("ann")
        .setChoice(Choice.SECOND)
        .setJudgedAt(Instant.EPOCH)
        .setMillisecondsSpent(900)
        .build();
  }

  @Test
  void anAnswerCountsOnceAlsoAcrossARestart() throws Exception {
    KafkaConnection connection = connection(Map.of());
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    Topic rollouts = connection.topics().scoredRollouts();
    Topic judgements = connection.topics().judgements();
    send(connection, rollouts, scored("p", 0), scored("p", 1), scored("q", 0));
    try (Committed<Comparison> comparisons =
            new Committed<>(connection, connection.topics().comparisons(), Comparison.class);
        Committed<Preference> preferences =
            new Committed<>(connection, connection.topics().preferences(), Preference.class)) {
      Judgement first = judgement("1", "p/0/0|p/1/0");
      try (HostedTopologies hosted = host(connection, "first")) {
        assertThat(comparisons.await(1).get(0).getComparisonId()).isEqualTo("p/0/0|p/1/0");
        send(connection, judgements, first, first);
        assertThat(preferences.await(1).get(0).getChosen()).isEqualTo("text 1");
        assertThat(comparisons.await(2).get(1).getClosed()).isEqualTo("judged");
        assertThat(hosted.running()).isTrue();
      }
      // Another state directory: all that it knows is in the log.
      try (HostedTopologies hosted = host(connection, "second")) {
        send(connection, judgements, first);
        send(connection, rollouts, scored("q", 1));
        assertThat(comparisons.await(3).get(2).getComparisonId()).isEqualTo("q/0/0|q/1/0");
        send(connection, judgements, judgement("2", "q/0/0|q/1/0"));
        assertThat(preferences.await(2))
            .extracting(Preference::getPreferenceId)
            .containsExactly("comparison/p/0/0|p/1/0", "comparison/q/0/0|q/1/0");
        assertThat(comparisons.await(4)).hasSize(4);
        assertThat(hosted.ended()).isNotDone();
      }
    }
  }

  @Test
  void nothingCountsTwiceWhenTheBrokerHasForgottenTheGroup() throws Exception {
    KafkaConnection connection = connection(Map.of("connection.topic-prefix", "forgotten."));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    Topic rollouts = connection.topics().scoredRollouts();
    send(connection, rollouts, scored("p", 0), scored("p", 1), scored("q", 0));
    try (Committed<Comparison> comparisons =
            new Committed<>(connection, connection.topics().comparisons(), Comparison.class);
        Committed<RolloutStatistics> statistics =
            new Committed<>(
                connection, connection.topics().rolloutStatistics(), RolloutStatistics.class);
        Committed<Preference> preferences =
            new Committed<>(connection, connection.topics().preferences(), Preference.class)) {
      try (HostedTopologies hosted = host(connection, "state")) {
        send(connection, connection.topics().judgements(), judgement("1", "p/0/0|p/1/0"));
        preferences.await(1);
        comparisons.await(2);
        statistics.until(all -> all.get(all.size() - 1).getRollouts() == 3);
        assertThat(hosted.ended()).isNotDone();
      }
      try (Admin admin = connection.admin()) {
        admin.deleteConsumerGroups(List.of("forgotten.topologies")).all().get();
      }
      try (HostedTopologies hosted = host(connection, "state")) {
        send(connection, rollouts, scored("q", 1));
        assertThat(comparisons.await(3).get(2).getComparisonId()).isEqualTo("q/0/0|q/1/0");
        List<RolloutStatistics> figures =
            statistics.until(all -> all.get(all.size() - 1).getRollouts() >= 4);
        assertThat(figures.get(figures.size() - 1).getRollouts()).isEqualTo(4);
        assertThat(comparisons.await(3)).hasSize(3);
        assertThat(preferences.await(1)).hasSize(1);
        assertThat(hosted.ended()).isNotDone();
      }
    }
  }

  private static Score score(Rollout rollout, String scorer) {
    Score.Builder score =
        Score.newBuilder()
            .setRolloutId(rollout.getRolloutId())
            .setRequestId(rollout.getRequestId())
            .setScorer(scorer)
            .setValue(-1.0)
            .setScoredAt(Instant.EPOCH);
    return scorer.equals("reference") ? score.setTokenValues(List.of(-1f)).build() : score.build();
  }

  @Test
  void aRolloutIsJoinedOnceAlsoAcrossARestartAndAfterAnEarlierRelease() throws Exception {
    KafkaConnection connection =
        connection(Map.of("connection.topic-prefix", "joined.", "topics.partitions", "1"));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    Topic rollouts = connection.topics().rollouts();
    Topic scores = connection.topics().scores();
    Rollout first = scored("p", 0).getRollout();
    Rollout second = scored("q", 0).getRollout();
    Rollout third = scored("r", 0).getRollout();
    // A reward service of a release without a join was done with the first one.
    TopicPartition input = new TopicPartition(rollouts.name(), 0);
    GroupPositions positions = new GroupPositions(connection, "reward-service");
    positions.newest(List.of(input));
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      producer.send(positions.record(input, "id", 1, null, "test")).get();
    }
    send(connection, rollouts, first, second, third);
    send(connection, scores, score(first, "reward-model"), score(first, "reference"));
    send(connection, scores, score(second, "reward-model"));
    try (Committed<ScoredRollout> joined =
        new Committed<>(connection, connection.topics().scoredRollouts(), ScoredRollout.class)) {
      try (HostedTopologies hosted = host(connection, "first")) {
        send(connection, scores, score(third, "reward-model"), score(third, "reference"));
        assertThat(joined.await(1).get(0).getRollout()).isEqualTo(third);
        assertThat(hosted.ended()).isNotDone();
      }
      try (HostedTopologies hosted = host(connection, "second")) {
        send(connection, scores, score(third, "reward-model"), score(third, "reference"));
        send(connection, scores, score(second, "reference"), score(second, "reference"));
        assertThat(joined.await(2))
            .extracting(one -> one.getRollout().getPromptId())
            .containsExactly("r", "q");
        assertThat(joined.await(2).get(1).getScores()).containsOnlyKeys("reward-model");
        assertThat(hosted.ended()).isNotDone();
      }
    }
  }

  @Test
  void topicsThatCannotBeJoinedAreRefused() throws Exception {
    KafkaConnection connection =
        connection(Map.of("connection.topic-prefix", "apart.", "topics.partitions", "2"));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
      admin
          .createPartitions(
              Map.of(connection.topics().rollouts().name(), NewPartitions.increaseTo(3)))
          .all()
          .get();
    }
    assertThatThrownBy(() -> host(connection, "state"))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("apart.rollouts has 3 partitions and apart.scores has 2")
        .hasMessageContaining("--alter --topic apart.scores --partitions 3");
  }

  @Test
  void aTopicThatWasMadeAnewIsRefused() throws Exception {
    KafkaConnection connection = connection(Map.of("connection.topic-prefix", "anew."));
    String topic = connection.topics().deadLetters().name();
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
      try (HostedTopologies hosted = host(connection, "state")) {
        Awaitility.await().atMost(LONGEST).until(hosted::running);
      }
      admin.deleteTopics(List.of(topic)).all().get();
      Awaitility.await().until(() -> !admin.listTopics().names().get().contains(topic));
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    assertThatThrownBy(() -> host(connection, "state"))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining(topic + " is another log now");
  }

  @Test
  void whatRetentionHasRemovedBeforeItWasDealtWithIsRefused() throws Exception {
    KafkaConnection connection = connection(Map.of("connection.topic-prefix", "trimmed."));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
      Topic rollouts = connection.topics().scoredRollouts();
      TopicPartition partition = new TopicPartition(rollouts.name(), 0);
      send(connection, rollouts, scored("p", 0), scored("q", 0));
      try (HostedTopologies hosted = host(connection, "state");
          Committed<RolloutStatistics> statistics =
              new Committed<>(
                  connection, connection.topics().rolloutStatistics(), RolloutStatistics.class)) {
        statistics.until(all -> all.get(all.size() - 1).getRollouts() == 2);
        assertThat(hosted.ended()).isNotDone();
      }
      long reached =
          admin
              .listConsumerGroupOffsets("trimmed.topologies")
              .partitionsToOffsetAndMetadata()
              .get()
              .get(partition)
              .offset();
      send(connection, rollouts, scored("p", 1), scored("q", 1));
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(reached))).all().get();
      host(connection, "state").close(); // all that is gone had been dealt with

      send(connection, rollouts, scored("r", 0), scored("r", 1));
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1))).all().get();
    }
    assertThatThrownBy(() -> host(connection, "state"))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("trimmed.topologies go on at offset")
        .hasMessageContaining("retention has removed");
  }

  @Test
  void aGoldFileThatCannotBeUsedIsNamedAtTheStart() throws Exception {
    Path gold = Files.writeString(directory.resolve("gold.jsonl"), "{}\n");
    KafkaConnection connection = connection(Map.of("comparisons.gold-file", gold.toString()));
    assertThatThrownBy(() -> host(connection, "state"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("comparisons.gold-file = " + gold + ", line 1");
  }
}
