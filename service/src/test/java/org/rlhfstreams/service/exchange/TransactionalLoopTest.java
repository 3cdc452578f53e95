package org.rlhfstreams.service.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;
import org.rlhfstreams.service.metrics.QueueMeters;

/** Each input has its output once, whatever the broker has forgotten of the group. */
@Tag("slow")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class TransactionalLoopTest {
  private static final String GROUP = "rollout-workers";
  private static final int PARTITIONS = 3;
  private static final AtomicInteger RUNS = new AtomicInteger();

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  private final KafkaConnection connection = connection();
  private final String input = connection.topics().rolloutRequests().name();

  TransactionalLoopTest() {
    administer(admin -> new TopicAdministrator(admin, 1).ensure(connection.topics().all()));
  }

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  /** Topics of its own each time. */
  private static KafkaConnection connection() {
    return new KafkaConnection(
        RlhfConfiguration.of(
            Map.of(
                "connection.bootstrap-servers", stack.bootstrapServers(),
                "connection.schema-registry-url", stack.schemaRegistryUrl(),
                "connection.topic-prefix", "run" + RUNS.incrementAndGet() + ".",
                "topics.partitions", String.valueOf(PARTITIONS))));
  }

  private interface Administration {
    void apply(Admin admin) throws ExecutionException, InterruptedException;
  }

  private void administer(Administration task) {
    try (Admin admin = connection.admin()) {
      task.apply(admin);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Test
  void whatWasDoneIsNotDoneAgainWhenTheBrokerHasForgottenTheGroup() {
    write(0, 30);
    workUntil(30);
    administer(admin -> admin.deleteConsumerGroups(List.of(group())).all().get());
    write(30, 40);
    workUntil(40);
    assertThat(outputs()).containsExactlyInAnyOrderElementsOf(inputs(0, 40));
  }

  @Test
  void offsetsThatSomebodyHasMovedBackAreNotFollowed() {
    write(0, 30);
    workUntil(30);
    administer(
        admin ->
            admin
                .alterConsumerGroupOffsets(
                    group(), Map.of(new TopicPartition(input, 0), new OffsetAndMetadata(0)))
                .all()
                .get());
    write(30, 40);
    workUntil(40);
    assertThat(outputs()).containsExactlyInAnyOrderElementsOf(inputs(0, 40));
  }

  @Test
  void partitionsThatAreAddedAreReadFromTheirBeginning() {
    write(0, 30);
    workUntil(30);
    administer(
        admin ->
            admin
                .createPartitions(Map.of(input, NewPartitions.increaseTo(2 * PARTITIONS)))
                .all()
                .get());
    write(30, 60);
    workUntil(60);
    assertThat(outputs()).containsExactlyInAnyOrderElementsOf(inputs(0, 60));
  }

  @Test
  void aTopicThatWasMadeAnewUnderTheNameIsRefused() {
    write(0, 30);
    workUntil(30);
    administer(
        admin -> {
          admin.deleteTopics(List.of(input)).all().get();
          await().until(() -> !admin.listTopics().names().get().contains(input));
          new TopicAdministrator(admin, 1).ensure(connection.topics().all());
        });
    write(0, 60);
    assertThatThrownBy(() -> workUntil(60))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining(input + " is another log")
        .hasMessageContaining("connection.topic-prefix");
    assertThat(outputs()).hasSize(30);
  }

  @Test
  void recordsThatRetentionHasRemovedUnreadAreNotPassedInSilence() {
    write(0, 30);
    workUntil(30);
    write(30, 60);
    administer(
        admin -> {
          TopicPartition first = new TopicPartition(input, 0);
          admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(-1))).all().get();
        });
    assertThatThrownBy(() -> workUntil(60))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining(input + "-0")
        .hasMessageContaining("retention");
  }

  @Test
  void norAreThoseThatItHasRemovedBeforeAnybodyReadThem() {
    write(0, 30);
    administer(
        admin -> {
          TopicPartition first = new TopicPartition(input, 0);
          admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(-1))).all().get();
        });
    assertThatThrownBy(() -> workUntil(30))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("goes on at offset 0 of " + input + "-0")
        .hasMessageContaining("retention");
  }

  private String group() {
    return connection.configuration().connection().topicPrefix() + GROUP;
  }

  private static List<String> inputs(int from, int until) {
    return IntStream.range(from, until).mapToObj(i -> "record " + i).toList();
  }

  private void write(int from, int until) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            connection.clientSettings(), new StringSerializer(), new StringSerializer())) {
      inputs(from, until)
          .forEach(value -> producer.send(new ProducerRecord<>(input, value, value)));
      producer.flush();
    }
  }

  /** A member's life, which ends when there are so many outputs in all, or in an error. */
  private void workUntil(int outputs) {
    AtomicBoolean stopped = new AtomicBoolean();
    CompletableFuture<Void> ended =
        CompletableFuture.runAsync(
            () -> loop().run(stopped::get), command -> thread(command).start());
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> ended.isDone() || outputs().size() >= outputs);
    } finally {
      stopped.set(true);
    }
    try {
      ended.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static Thread thread(Runnable command) {
    Thread thread = new Thread(command, "member");
    thread.setDaemon(true);
    return thread;
  }

  private TransactionalLoop loop() {
    return new TransactionalLoop(
        connection,
        GROUP,
        "member",
        input,
        4,
        Duration.ofMillis(50),
        records ->
            records.stream()
                .map(
                    record ->
                        new ProducerRecord<String, Object>(
                            connection.topics().controls().name(),
                            record.key(),
                            command(new String(record.value(), StandardCharsets.UTF_8))))
                .toList(),
        new GroupShare(GROUP),
        new QueueMeters(new SimpleMeterRegistry(), input));
  }

  /** Any event will do. */
  private static ControlCommand command(String id) {
    return ControlCommand.newBuilder()
        .setCommandId(id)
        .setAction(ControlAction.CHECKPOINT)
        .setRequestedBy("test")
        .setRequestedAt(Instant.EPOCH)
        .build();
  }

  private List<String> outputs() {
    List<String> ids = new ArrayList<>();
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(
          connection.topics().controls(),
          connection.decoder(ControlCommand.class),
          (record, command) -> ids.add(command.getCommandId()));
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return ids;
  }
}
