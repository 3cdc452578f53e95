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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
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

/** Batches that take longer than the group waits for a member. */
@Tag("slow")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class SlowBatchTest {
  private static final String GROUP = "rollout-workers";
  private static final int RECORDS = 8;
  private static final int BATCH = 4;
  private static final AtomicInteger RUNS = new AtomicInteger();

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  private final KafkaConnection connection = connection();
  private final String input = connection.topics().rolloutRequests().name();
  private final List<Integer> batches = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  private static KafkaConnection connection() {
    KafkaConnection connection =
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers",
                    stack.bootstrapServers(),
                    "connection.schema-registry-url",
                    stack.schemaRegistryUrl(),
                    "connection.topic-prefix",
                    "run" + RUNS.incrementAndGet() + ".",
                    "topics.partitions",
                    "1",
                    "kafka.max.poll.interval.ms",
                    "1500")));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    return connection;
  }

  @Test
  void theyAreDoneInSmallerOnesThen() {
    write();
    work(records -> records > 1);
    assertThat(batches).startsWith(4, 2, 1);
    assertThat(outputs()).containsExactlyElementsOf(inputs());
  }

  @Test
  void aSingleRecordThatTakesSoLongEndsTheMember() {
    write();
    assertThatThrownBy(() -> work(records -> true))
        .isInstanceOf(ConnectionException.class)
        .hasMessageContaining("offset 0 of partition 0 of " + input)
        .hasMessageContaining("kafka.max.poll.interval.ms");
    assertThat(batches).containsExactly(4, 2, 1, 1);
    assertThat(outputs()).isEmpty();
  }

  /**
   * A member's life, until it has done everything or fails.
   *
   * @param slow numbers of records that the group does not wait for
   */
  private void work(IntPredicate slow) {
    AtomicBoolean stopped = new AtomicBoolean();
    CompletableFuture<Void> ended =
        CompletableFuture.runAsync(
            () -> loop(slow).run(stopped::get),
            command -> {
              Thread thread = new Thread(command, "member");
              thread.setDaemon(true);
              thread.start();
            });
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> ended.isDone() || outputs().size() >= RECORDS);
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

  private TransactionalLoop loop(IntPredicate slow) {
    return new TransactionalLoop(
        connection,
        GROUP,
        "member",
        input,
        BATCH,
        Duration.ofMillis(50),
        records -> {
          batches.add(records.size());
          if (slow.test(records.size())) {
            await().atMost(Duration.ofSeconds(30)).until(this::isGivenUp);
          }
          return records.stream().map(this::output).toList();
        },
        new GroupShare(GROUP),
        new QueueMeters(new SimpleMeterRegistry(), input));
  }

  /** Whether the group has no member: it has not waited for ours. */
  private boolean isGivenUp() throws ExecutionException, InterruptedException {
    String group = connection.configuration().connection().topicPrefix() + GROUP;
    try (Admin admin = connection.admin()) {
      return admin
          .describeConsumerGroups(List.of(group))
          .all()
          .get()
          .get(group)
          .members()
          .isEmpty();
    }
  }

  /** Any event will do. */
  private ProducerRecord<String, Object> output(ConsumerRecord<String, byte[]> record) {
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId(new String(record.value(), StandardCharsets.UTF_8))
            .setAction(ControlAction.CHECKPOINT)
            .setRequestedBy("test")
            .setRequestedAt(Instant.EPOCH)
            .build();
    return new ProducerRecord<>(connection.topics().controls().name(), record.key(), command);
  }

  private static List<String> inputs() {
    return IntStream.range(0, RECORDS).mapToObj(i -> "record " + i).toList();
  }

  private void write() {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            connection.clientSettings(), new StringSerializer(), new StringSerializer())) {
      inputs().forEach(value -> producer.send(new ProducerRecord<>(input, 0, value, value)));
      producer.flush();
    }
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
