package org.rlhfstreams.cli.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** A learner without a batch says what it waits for. */
@Tag("slow")
final class WaitNoticeTest {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  @TempDir private Path directory;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private static KafkaConnection connection(EmbeddedStack stack, String objective) {
    return new KafkaConnection(
        RlhfConfiguration.of(
            Map.of(
                "learner.objective", objective,
                "connection.bootstrap-servers", stack.bootstrapServers(),
                "connection.schema-registry-url", stack.schemaRegistryUrl())));
  }

  private static void publish(
      KafkaConnection connection, Topic topic, String key, SpecificRecord event) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      producer.send(new ProducerRecord<>(topic.name(), key, event));
      producer.flush();
    }
  }

  private void awaitLine(KafkaConnection connection, Duration patience, String... line) {
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    try (WaitNotice notice = WaitNotice.start(connection, report -> {}, out, patience)) {
      notice.began("rollouts");
      await()
          .atMost(LONGEST)
          .untilAsserted(
              () -> assertThat(said.toString(StandardCharsets.UTF_8)).contains(List.of(line)));
    }
  }

  @Test
  void nobodyWaitsWithoutALineThatSaysForWhat() {
    try (EmbeddedStack stack = EmbeddedStack.start(directory, 0, 0)) {
      KafkaConnection connection = connection(stack, "ppo");
      try (Admin admin = connection.admin()) {
        new TopicAdministrator(admin, 1).ensure(connection.topics().all());
      }
      Prompt prompt =
          Prompt.newBuilder()
              .setPromptId("p")
              .setText("Once")
              .setSource("test")
              .setCreatedAt(Instant.EPOCH)
              .build();
      publish(connection, connection.topics().prompts(), "p", prompt);
      awaitLine(
          connection,
          Duration.ofMillis(100),
          "no batch for ",
          "1 record of rlhf.prompts waits for the controller, and none is running: rlhf"
              + " controller");
      awaitLine(
          connection(stack, "dpo"),
          Duration.ofMillis(100),
          "a step takes 32 new preferences (learner.batch-size), and rlhf.preferences has fewer");
      ControlCommand pause =
          ControlCommand.newBuilder()
              .setCommandId("c")
              .setAction(ControlAction.PAUSE_ADMISSION)
              .setRequestedBy("ada")
              .setRequestedAt(Instant.EPOCH)
              .build();
      publish(connection, connection.topics().controls(), "c", pause);
      said.reset();
      awaitLine(connection, Duration.ofMinutes(5), "admission is paused, by ada");
    }
  }
}
