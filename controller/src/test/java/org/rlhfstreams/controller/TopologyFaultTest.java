package org.rlhfstreams.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.topology.admission.AdmissionListener;
import org.rlhfstreams.topology.admission.EncodedPrompt;
import org.rlhfstreams.topology.admission.PromptEncoder;
import org.rlhfstreams.topology.scores.ScoresListener;

/** A topology whose code fails on a record: always, or a few times only. */
@Tag("slow")
final class TopologyFaultTest {
  private static final Duration LONGEST = Duration.ofMinutes(2);

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

  /** Fails so often, then works. */
  private static final class FailingEncoder implements PromptEncoder {
    private final AtomicInteger calls = new AtomicInteger();
    private final int failures;

    FailingEncoder(int failures) {
      this.failures = failures;
    }

    @Override
    public EncodedPrompt encode(Prompt prompt) {
      if (calls.incrementAndGet() <= failures) {
        throw new IllegalStateException("a template without a roof");
      }
      return new EncodedPrompt(prompt.getText(), new int[] {1});
    }
  }

  /** With one prompt, and a run that wants it. */
  private static KafkaConnection connection(String prefix) {
    KafkaConnection connection =
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers", stack.bootstrapServers(),
                    "connection.schema-registry-url", stack.schemaRegistryUrl(),
                    "connection.topic-prefix", prefix)));
    try (Admin admin = connection.admin();
        KafkaProducer<String, Object> producer = connection.producer()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
      producer.send(new ProducerRecord<>(connection.topics().prompts().name(), 0, "p", prompt()));
      producer.send(new ProducerRecord<>(connection.topics().runs().name(), 0, "ppo", run()));
      producer.flush();
    }
    return connection;
  }

  private static Prompt prompt() {
    return Prompt.newBuilder()
        .setPromptId("p")
        .setText("text")
        .setSource("test")
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

  private static RunStatement run() {
    return RunStatement.newBuilder()
        .setRunId("ppo")
        .setObjective("ppo")
        .setFirstVersion(new WeightVersion(0, 0L))
        .setLearnsFromRollouts(true)
        .setBatchSize(8)
        .setSamplesLearnedTogether(1)
        .setMaxSteps(0L)
        .setStatedAt(Instant.EPOCH)
        .build();
  }

  private static long requests(KafkaConnection connection) {
    try (KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(connection.topics().rolloutRequests().name()).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      return consumer.endOffsets(partitions).values().stream().mapToLong(end -> end).sum();
    }
  }

  /** The thread that a fault ends is not the test's. */
  private static ConditionFactory await() {
    return Awaitility.await().dontCatchUncaughtExceptions().atMost(LONGEST);
  }

  private HostedTopologies host(KafkaConnection connection, PromptEncoder encoder) {
    return new HostedTopologies(
        connection,
        encoder,
        directory.resolve("state"),
        AdmissionListener.none(),
        ScoresListener.none(),
        Duration.ofMillis(10));
  }

  @Test
  void oneThatFailsAlwaysEndsAfterSomeTriesAndSaysOfWhat() {
    FailingEncoder encoder = new FailingEncoder(Integer.MAX_VALUE);
    try (HostedTopologies hosted = host(connection("always."), encoder)) {
      await().until(() -> hosted.ended().isDone());
      assertThat(encoder.calls).hasValue(TopologyRestarts.LIMIT);
      assertThat(hosted.failure().orElseThrow())
          .contains(TopologyRestarts.LIMIT + " times")
          .contains("a template without a roof")
          .contains("partition 0 of always.prompts, offset 0");
      assertThatThrownBy(() -> hosted.ended().get()).hasCauseInstanceOf(TopologyException.class);
      assertThat(hosted.running()).isFalse();
    }
  }

  @Test
  void oneThatFailsTwiceGoesOn() {
    FailingEncoder encoder = new FailingEncoder(2);
    KafkaConnection connection = connection("twice.");
    try (HostedTopologies hosted = host(connection, encoder)) {
      await().until(() -> requests(connection) > 0);
      assertThat(encoder.calls).hasValue(3);
      assertThat(hosted.ended()).isNotDone();
      assertThat(hosted.failure()).isEmpty();
    }
  }
}
