package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** What is published comes out of the log again as what it was, unless it was taken back. */
@Tag("slow")
final class HeldPreferencesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PAIR =
      "{\"prompt\": \"The fox\", \"chosen\": \" ran.\", \"rejected\": \" slept.\", \"margin\": 0.5}";
  private static final String TALK =
      "{\"prompt\": [{\"role\": \"user\", \"content\": \"Hi\"}],"
          + " \"chosen\": [{\"role\": \"assistant\", \"content\": \"Hello!\"}],"
          + " \"rejected\": [{\"role\": \"assistant\", \"content\": \"What?\"}],"
          + " \"chat_template_kwargs\": {\"thinking\": false}}";
  private static final String LABEL =
      "{\"prompt\": \"The hen\", \"completion\": \" sang.\", \"label\": false}";
  private static final String TEXT = "{\"prompt\": \"The owl\", \"completion\": \" flew.\"}";

  @TempDir private static Path data;
  private static CommandCluster cluster;
  private static KafkaConnection connection;

  @TempDir private Path directory;

  @BeforeAll
  static void startStack() {
    cluster = CommandCluster.start(data);
    connection = cluster.connection();
    rlhf("topics", "create");
  }

  @AfterAll
  static void closeStack() {
    cluster.close();
  }

  private static String rlhf(String... arguments) {
    return cluster.expecting(0, arguments).output();
  }

  private String imported(String name, String... rows) throws IOException {
    Path file = directory.resolve(name);
    Files.write(file, List.of(rows));
    rlhf("preferences", "import", file.toString());
    return name + ":";
  }

  private List<JsonNode> exported(String... filter) throws IOException {
    Path file = directory.resolve("exported.jsonl");
    List<String> arguments =
        new ArrayList<>(List.of("preferences", "export", "--output", file.toString()));
    arguments.addAll(Arrays.asList(filter));
    rlhf(arguments.toArray(String[]::new));
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  private static void publish(Preference preference) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      producer.send(
          new ProducerRecord<>(
              connection.topics().preferences().name(),
              0,
              preference.getPreferenceId(),
              preference));
      producer.flush();
    }
  }

  private static Preference pair(String id, String chosen, boolean withdrawn) {
    return Preference.newBuilder()
        .setPreferenceId(id)
        .setPrompt("Once")
        .setChosen(chosen)
        .setRejected(" slept.")
        .setSource("application/shop")
        .setAnnotators(List.of("ada"))
        .setCreatedAt(Instant.parse("2026-05-01T12:00:00Z"))
        .setWithdrawn(withdrawn)
        .build();
  }

  @Test
  void everyShapeIsARowThatSaysTheSame() throws IOException {
    requireSame(PAIR, exported("--source", imported("pairs.jsonl", PAIR)));
    requireSame(TALK, exported("--source", imported("talks.jsonl", TALK)));
    String labels = imported("labels.jsonl", LABEL);
    requireSame(LABEL, exported("--kind", "label", "--source", labels));
    String texts = imported("texts.jsonl", TEXT);
    requireSame(TEXT, exported("--kind", "demonstration", "--source", texts));
    assertThat(exported("--source", labels)).as("a file has rows of one kind").isEmpty();
  }

  private static void requireSame(String given, List<JsonNode> rows) throws IOException {
    assertThat(rows).hasSize(1);
    JSON.readTree(given)
        .properties()
        .forEach(
            field ->
                assertThat(rows.get(0).get(field.getKey()))
                    .as(field.getKey())
                    .isEqualTo(field.getValue()));
    assertThat(rows.get(0).get("id").asText()).isNotEmpty();
  }

  @Test
  void whatWasTakenBackIsLeftOutAndWhatCameAgainIsAsItWasTheLastTime() throws IOException {
    publish(pair("kept", " ran.", false));
    publish(pair("kept", " ran.", false));
    publish(pair("gone", " ran.", false));
    publish(pair("gone", " ran.", true));
    publish(pair("again", " ran.", false));
    publish(pair("again", " ran.", true));
    publish(pair("again", " flew.", false));
    List<JsonNode> rows = exported("--annotator", "ada");
    assertThat(rows)
        .extracting(row -> row.get("id").asText() + row.get("chosen").asText())
        .containsExactly("kept ran.", "again flew.");
    assertThat(exported("--annotator", "bob")).isEmpty();
    assertThat(exported("--source", "application/shop", "--since", "2026-05-01T12:00:01Z"))
        .isEmpty();
    assertThat(rlhf("preferences", "list", "--source", "application/shop", "--limit", "1"))
        .contains("2026-05-01T12:00:00Z  pair  application/shop", "rejected  slept.")
        .contains("1 shown of 2 that were asked for")
        .contains("1 were taken back");
  }
}
