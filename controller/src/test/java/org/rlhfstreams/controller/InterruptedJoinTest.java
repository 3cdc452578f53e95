package org.rlhfstreams.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.topology.scores.ScoresListener;
import org.rlhfstreams.topology.scores.ScoresSettings;
import org.rlhfstreams.topology.scores.ScoresTopology;

/**
 * The join on a real broker, which dies in the middle of transactions and is started elsewhere:
 * what its stores had not written yet is done again, and each rollout goes on once.
 */
@Tag("slow")
final class InterruptedJoinTest {
  private static final int PARTITIONS = 2;
  private static final int ROLLOUTS = 1_500;
  private static final Duration LONGEST = Duration.ofSeconds(90);

  @TempDir private Path directory;

  private final AtomicInteger joined = new AtomicInteger();
  private volatile int diesAt;

  private static Rollout rollout(int i) {
    return Rollout.newBuilder()
        .setRolloutId("p/" + i + "/0")
        .setRequestId("p/" + i)
        .setPromptId("p")
        .setSampleIndex(0)
        .setPromptText("2 + 2 =")
        .setPromptTokenIds(List.of(1))
        .setResponseText("4")
        .setResponseTokenIds(List.of(5, i))
        .setBehaviorLogProbabilities(List.of(-1f, -0.25f))
        .setSampling(
            SamplingSettings.newBuilder()
                .setTemperature(1f)
                .setMaxNewTokens(16)
                .setSeed(7L)
                .build())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, 3L), 0, 2)))
        .setFinishReason(FinishReason.STOP)
        .setWorkerId("w")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .build();
  }

  private static Score score(int i, String scorer) {
    return Score.newBuilder()
        .setRolloutId("p/" + i + "/0")
        .setRequestId("p/" + i)
        .setScorer(scorer)
        .setValue((double) i)
        .setTokenValues(scorer.equals(ScoreRules.REFERENCE) ? List.of(-1f, -2f) : null)
        .setScoredAt(Instant.EPOCH)
        .build();
  }

  /** Rollouts and their scores in some order, a tenth of all twice. */
  private static void send(KafkaConnection connection, int from, int until, long seed) {
    Random random = new Random(seed);
    Topic rollouts = connection.topics().rollouts();
    Topic scores = connection.topics().scores();
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (int start = from; start < until; start += 100) {
        List<ProducerRecord<String, Object>> some = new ArrayList<>();
        for (int i = start; i < start + 100; i++) {
          List<ProducerRecord<String, Object>> events =
              List.of(
                  new ProducerRecord<>(rollouts.name(), i % PARTITIONS, "p/" + i, rollout(i)),
                  new ProducerRecord<>(scores.name(), i % PARTITIONS, "p/" + i, score(i, "right")),
                  new ProducerRecord<>(
                      scores.name(), i % PARTITIONS, "p/" + i, score(i, ScoreRules.REFERENCE)));
          for (ProducerRecord<String, Object> event : events) {
            some.add(event);
            if (random.nextInt(10) == 0) {
              some.add(event);
            }
          }
        }
        Collections.shuffle(some, random);
        some.forEach(producer::send);
      }
    }
  }

  private KafkaStreams join(KafkaConnection connection, String state) {
    StreamsBuilder builder = new StreamsBuilder();
    ScoresTopology.build(
        builder,
        connection.topics(),
        connection.serdes(),
        new ScoresSettings(List.of("right"), List.of(), Duration.ofHours(1), Map.of()),
        new ScoresListener() {
          @Override
          public void joined() {
            if (joined.incrementAndGet() == diesAt) {
              throw new IllegalStateException("the join dies here");
            }
          }
        });
    Properties properties = TopologyProperties.of(connection, directory.resolve(state));
    properties.put("consumer.session.timeout.ms", "6000");
    KafkaStreams streams = new KafkaStreams(builder.build(), properties);
    streams.setUncaughtExceptionHandler(fault -> StreamThreadExceptionResponse.REPLACE_THREAD);
    streams.start();
    return streams;
  }

  private static void close(KafkaStreams streams) {
    assertThat(
            streams.close(
                CloseOptions.groupMembershipOperation(
                        CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                    .withTimeout(LONGEST)))
        .isTrue();
  }

  @Test
  void eachRolloutGoesOnOnceWhereverTheJoinDies() throws Exception {
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      KafkaConnection connection =
          new KafkaConnection(
              RlhfConfiguration.of(
                  Map.of(
                      "connection.bootstrap-servers", stack.bootstrapServers(),
                      "connection.schema-registry-url", stack.schemaRegistryUrl(),
                      "topics.partitions", String.valueOf(PARTITIONS))));
      try (Admin admin = connection.admin()) {
        new TopicAdministrator(admin, 1).ensure(connection.topics().all());
      }
      List<String> ids = new ArrayList<>();
      try (KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
        List<TopicPartition> scored =
            List.of(new TopicPartition(connection.topics().scoredRollouts().name(), 0));
        consumer.assign(scored);
        consumer.seekToBeginning(scored);
        diesAt = ROLLOUTS / 3;
        send(connection, 0, ROLLOUTS, 1);
        KafkaStreams first = join(connection, "first");
        awaitScored(connection, consumer, ids, ROLLOUTS);
        assertThat(joined).as("it has died").hasValueGreaterThan(ROLLOUTS);
        close(first);

        diesAt = joined.get() + ROLLOUTS / 2;
        send(connection, 0, ROLLOUTS, 2); // all of them again
        send(connection, ROLLOUTS, 2 * ROLLOUTS, 3);
        KafkaStreams second = join(connection, "second");
        awaitScored(connection, consumer, ids, 2 * ROLLOUTS);
        close(second);
        KafkaStreams third = join(connection, "third");
        send(connection, 2 * ROLLOUTS, 2 * ROLLOUTS + 100, 4);
        awaitScored(connection, consumer, ids, 2 * ROLLOUTS + 100);
        close(third);
      }
      assertThat(ids).hasSize(2 * ROLLOUTS + 100).doesNotHaveDuplicates();
    }
  }

  private static void awaitScored(
      KafkaConnection connection,
      KafkaConsumer<String, byte[]> consumer,
      List<String> ids,
      int count) {
    RecordDecoder<ScoredRollout> decoder = connection.decoder(ScoredRollout.class);
    Awaitility.await()
        .atMost(LONGEST)
        .until(
            () -> {
              for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                ScoredRollout one = decoder.decode(record.topic(), record.value());
                assertThat(one.getRollout().getResponseTokenIds().get(1))
                    .as("its own scores")
                    .isEqualTo((int) one.getScore());
                ids.add(one.getRollout().getRolloutId());
              }
              return ids.size() >= count;
            });
  }
}
