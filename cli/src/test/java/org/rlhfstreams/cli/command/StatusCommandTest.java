package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Records are counted, and markers of transactions are none; what waits says for whom. */
@Tag("slow")
final class StatusCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  private static String rlhf(EmbeddedStack stack, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--bootstrap-servers", stack.bootstrapServers()));
    all.addAll(List.of("--schema-registry-url", stack.schemaRegistryUrl()));
    return CommandRun.expecting(0, all.toArray(String[]::new)).output();
  }

  private static void pause(EmbeddedStack stack) {
    KafkaConnection connection =
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers", stack.bootstrapServers(),
                    "connection.schema-registry-url", stack.schemaRegistryUrl())));
    ControlCommand command =
        ControlCommand.newBuilder()
            .setCommandId("c1")
            .setAction(ControlAction.PAUSE_ADMISSION)
            .setRequestedBy("ada")
            .setRequestedAt(Instant.EPOCH)
            .build();
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      producer.send(new ProducerRecord<>(connection.topics().controls().name(), "c1", command));
      producer.flush();
    }
  }

  @Test
  void fourPromptsAreFourAndAPauseIsSaid() throws IOException {
    Path prompts = Files.write(directory.resolve("p.txt"), List.of("One", "Two", "Three", "Four"));
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      rlhf(stack, "topics", "create");
      rlhf(stack, "prompts", "import", prompts.toString());
      assertThat(rlhf(stack, "status"))
          .containsPattern("rlhf\\.prompts +4\n")
          .contains("4 records of rlhf.prompts wait for the controller, and none is running")
          .doesNotContain("paused");
      pause(stack);
      assertThat(rlhf(stack, "status"))
          .contains("admission is paused, by ada at 1970-01-01T00:00:00Z");
      JsonNode json = JSON.readTree(rlhf(stack, "status", "--json"));
      assertThat(json.at("/topics/rlhf.prompts/records").asLong()).isEqualTo(4);
      assertThat(json.at("/paused").asBoolean()).isTrue();
      assertThat(json.at("/waits")).hasSize(2);
    }
  }

  @Test
  void aFinishedRunHasItsStepsAndNobodyWaits() throws IOException {
    Path run = directory.resolve("run");
    Path prompts = Files.write(directory.resolve("p.txt"), List.of("One", "Two", "Three", "Four"));
    CommandRun.expecting(
        0,
        "train",
        "ppo",
        "--model",
        STARTER,
        "--reward-model",
        STARTER + "-reward",
        "--data",
        prompts.toString(),
        "--output",
        run.toString(),
        "--batch-size",
        "4",
        "--max-steps",
        "3",
        "--sampling.max-new-tokens",
        "4",
        "--ppo.epochs",
        "1");
    try (EmbeddedStack stack = EmbeddedStack.start(run.resolve("log"), 0, 0)) {
      JsonNode json = JSON.readTree(rlhf(stack, "status", "--json"));
      assertThat(json.at("/topics/rlhf.prompts/records").asLong()).isEqualTo(4);
      assertThat(json.at("/topics/rlhf.training-metrics/records").asLong()).isEqualTo(3);
      assertThat(json.at("/topics/rlhf.policy-weights/version").asText()).isEqualTo("0.3");
      assertThat(json.at("/groups/rlhf.topologies/lagByTopic/rlhf.prompts").asLong()).isZero();
      assertThat(json.at("/newestStep/version").asText()).isEqualTo("0.3");
    }
  }
}
