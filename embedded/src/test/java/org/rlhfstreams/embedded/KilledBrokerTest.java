package org.rlhfstreams.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that was killed answers with the offsets that were committed, also where it takes longer
 * to read them than to lose the lead that its metadata remember.
 */
@Tag("slow")
@Timeout(180)
class KilledBrokerTest {
  private static final String TOPIC = "rollouts";
  private static final int PARTITIONS = 20;
  private static final int GROUPS = 10;
  private static final int COMMITS = 400;

  /** So slow that the offsets take ten seconds to read, as on a machine that has much to do. */
  private static final List<String> SLOW = List.of("-Xint");

  @TempDir private Path directory;

  private final int[] ports = Ports.twoFree();
  private Process broker;

  @AfterEach
  void end() {
    if (broker != null) {
      broker.destroyForcibly();
    }
  }

  @Test
  void knowsTheOffsetsThatWereCommittedBeforeTheKill() throws Exception {
    start(List.of());
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().get();
      for (long offset = 1; offset <= COMMITS; offset++) {
        for (KafkaFuture<Void> committed : commit(admin, offset)) {
          committed.get();
        }
      }
    }
    kill();

    start(SLOW);

    try (Admin admin = admin()) {
      List<Long> answer =
          await()
              .atMost(Duration.ofSeconds(90))
              .ignoreExceptions()
              .until(() -> offsets(admin), known -> !known.isEmpty());
      assertThat(answer).hasSize(GROUPS * PARTITIONS).containsOnly((long) COMMITS);
    }
  }

  private static List<KafkaFuture<Void>> commit(Admin admin, long offset) {
    return groups()
        .map(group -> admin.alterConsumerGroupOffsets(group, all(offset)).all())
        .toList();
  }

  private static List<Long> offsets(Admin admin) throws Exception {
    Map<String, ListConsumerGroupOffsetsSpec> asked =
        groups()
            .collect(Collectors.toMap(group -> group, group -> new ListConsumerGroupOffsetsSpec()));
    return admin.listConsumerGroupOffsets(asked).all().get().values().stream()
        .flatMap(offsets -> offsets.values().stream())
        .map(OffsetAndMetadata::offset)
        .toList();
  }

  private static Stream<String> groups() {
    return IntStream.range(0, GROUPS).mapToObj(group -> "readers-" + group);
  }

  private static Map<TopicPartition, OffsetAndMetadata> all(long offset) {
    return IntStream.range(0, PARTITIONS)
        .boxed()
        .collect(
            Collectors.toMap(
                partition -> new TopicPartition(TOPIC, partition),
                partition -> new OffsetAndMetadata(offset)));
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + ports[0]));
  }

  private void start(List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.add(Server.class.getName());
    command.addAll(List.of(directory.resolve("data").toString(), "" + ports[0], "" + ports[1]));
    broker = new ProcessBuilder(command).inheritIO().start();
  }

  private void kill() throws InterruptedException {
    broker.destroyForcibly().waitFor();
  }

  /** The broker's process. */
  static final class Server {
    private Server() {}

    @SuppressWarnings("resource") // until the process is killed
    public static void main(String[] arguments) throws InterruptedException {
      String address = "127.0.0.1:" + arguments[1];
      // So large that nothing is compacted: this is about offsets that take long to read.
      Map<String, String> settings = Map.of("offsets.topic.segment.bytes", "104857600");
      EmbeddedBroker.start(
          Path.of(arguments[0]), address, Integer.parseInt(arguments[2]), settings, List.of());
      Thread.currentThread().join();
    }
  }
}
