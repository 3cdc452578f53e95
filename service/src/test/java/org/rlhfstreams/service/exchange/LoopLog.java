package org.rlhfstreams.service.exchange;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;

/** Topics of its own, with numbered records in and an event for each of them out. */
final class LoopLog {
  static final String GROUP = "rollout-workers";

  private static final AtomicInteger RUNS = new AtomicInteger();

  private final KafkaConnection connection;

  /**
   * @param more configuration
   */
  LoopLog(EmbeddedStack stack, int partitions, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("connection.bootstrap-servers", stack.bootstrapServers());
    settings.put("connection.schema-registry-url", stack.schemaRegistryUrl());
    settings.put("connection.topic-prefix", "run" + RUNS.incrementAndGet() + ".");
    settings.put("topics.partitions", String.valueOf(partitions));
    this.connection = new KafkaConnection(RlhfConfiguration.of(settings));
    administer(admin -> new TopicAdministrator(admin, 1).ensure(connection.topics().all()));
  }

  KafkaConnection connection() {
    return connection;
  }

  /** The topic that is read. */
  String input() {
    return connection.topics().rolloutRequests().name();
  }

  /** The group's whole name. */
  String group() {
    return connection.configuration().connection().topicPrefix() + GROUP;
  }

  interface Administration<T> {
    T apply(Admin admin) throws ExecutionException, InterruptedException;
  }

  <T> T administer(Administration<T> task) {
    try (Admin admin = connection.admin()) {
      return task.apply(admin);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static List<String> values(int from, int until) {
    return IntStream.range(from, until).mapToObj(i -> "record " + i).toList();
  }

  void write(int from, int until) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            connection.clientSettings(), new StringSerializer(), new StringSerializer())) {
      values(from, until)
          .forEach(value -> producer.send(new ProducerRecord<>(input(), value, value)));
      producer.flush();
    }
  }

  /** Any event will do. */
  ProducerRecord<String, Object> output(ConsumerRecord<String, byte[]> record) {
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId(new String(record.value(), StandardCharsets.UTF_8))
            .setAction(ControlAction.CHECKPOINT)
            .setRequestedBy("test")
            .setRequestedAt(Instant.EPOCH)
            .build();
    return new ProducerRecord<>(connection.topics().controls().name(), record.key(), command);
  }

  /** Values of the records whose events are committed. */
  List<String> outputs() {
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

  /** A member's life, which ends when there are so many outputs in all, or in an error. */
  void workUntil(int outputs, Consumer<BooleanSupplier> loop) {
    try (LoopMember member = new LoopMember("member", loop)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> member.isEnded() || outputs().size() >= outputs);
    }
  }
}
