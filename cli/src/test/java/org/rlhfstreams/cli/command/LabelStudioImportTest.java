package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;

/** Exports that a Label Studio has written are imported in any order, and again. */
@Tag("slow")
final class LabelStudioImportTest {
  private static final Path EXPORTS = Path.of("../people/src/test/resources/label-studio");

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  @TempDir private Path directory;

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  private static CommandRun run(int code, String prefix, String... arguments) {
    List<String> all = new ArrayList<>(List.of("preferences", "import"));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("--connection.topic-prefix", prefix));
    all.addAll(List.of("--bootstrap-servers", stack.bootstrapServers()));
    all.addAll(List.of("--schema-registry-url", stack.schemaRegistryUrl()));
    return CommandRun.expecting(code, all.toArray(String[]::new));
  }

  private static String imported(String prefix, Object... arguments) {
    return run(0, prefix, Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new))
        .output();
  }

  private static KafkaConnection connection(String prefix) {
    return new KafkaConnection(
        RlhfConfiguration.of(
            Map.of(
                "connection.bootstrap-servers", stack.bootstrapServers(),
                "connection.schema-registry-url", stack.schemaRegistryUrl(),
                "connection.topic-prefix", prefix)));
  }

  private static <T extends SpecificRecord> List<T> read(
      KafkaConnection connection, Topic topic, Class<T> type) throws Exception {
    List<T> events = new ArrayList<>();
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(topic, connection.decoder(type), (record, event) -> events.add(event));
    }
    return events;
  }

  private static List<Preference> counting(String prefix) throws Exception {
    KafkaConnection connection = connection(prefix);
    return read(connection, connection.topics().preferences(), Preference.class).stream()
        .filter(preference -> !preference.getWithdrawn())
        .toList();
  }

  @Test
  void whatOneExportBroughtTheOtherDoesNotBringAgain() throws Exception {
    assertThat(imported("min.", EXPORTS.resolve("export-min.json")))
        .contains("export-min.json: Label Studio export, 8 annotations")
        .contains("under the name local")
        .contains("published 8 annotations");
    assertThat(imported("min.", EXPORTS.resolve("export.json")))
        .contains("published 2 annotations; 8 more are on min.preferences already");
    assertThat(imported("min.", EXPORTS.resolve("export.json"), EXPORTS.resolve("export-min.json")))
        .contains("published no annotations");
    assertThat(counting("min."))
        .hasSize(4)
        .allSatisfy(preference -> assertThat(preference.getChosen()).isEqualTo("two"))
        .extracting(Preference::getPreferenceId)
        .allSatisfy(id -> assertThat(id).startsWith("label-studio/local/"));
  }

  @Test
  void annotationsKeepTheNameThatTheyHaveComeUnder() throws Exception {
    imported("named.", EXPORTS.resolve("export.json"), "--application", "studio");
    assertThat(imported("named.", EXPORTS.resolve("export-min.json")))
        .contains("published no annotations");
    imported("named.", EXPORTS.resolve("export.json"), "--application", "other");
    assertThat(run(2, "named.", EXPORTS.resolve("export.json").toString()).errors())
        .contains("have come from other, studio: say with --application");
    assertThat(counting("named.")).hasSize(8);
  }

  @Test
  void oneThatCannotBeReadBecomesADeadLetterAndTheOthersAreTaken() throws Exception {
    Path file = directory.resolve("export.json");
    String export = Files.readString(EXPORTS.resolve("export.json"));
    Files.writeString(
        file, export.replaceFirst("\"updated_at\": \"[^\"]*\"", "\"updated_at\": \"yesterday\""));
    assertThat(run(1, "bad.", file.toString(), "--strict").errors())
        .contains("1 of 10 annotations");
    String said = imported("bad.", file);
    assertThat(said).contains("export.json, row 1: annotation 5: ").contains("published 9");
    KafkaConnection connection = connection("bad.");
    assertThat(read(connection, connection.topics().deadLetters(), DeadLetter.class))
        .singleElement()
        .satisfies(letter -> assertThat(letter.getReason()).contains("annotation 5"));
  }

  @Test
  void anExportWithoutAnnotationsIsAnError() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("empty.json"),
            "[{\"id\": 1, \"data\": {\"prompt\": \"P\"}, \"annotations\": []}]");
    assertThat(run(1, "none.", file.toString()).errors()).contains("no annotations");
  }

  @Test
  void filesOfBothKindsAreTakenTogether() throws IOException {
    Path pairs =
        Files.writeString(
            directory.resolve("pairs.jsonl"),
            "{\"prompt\": \"The fox\", \"chosen\": \" ran.\", \"rejected\": \" slept.\"}\n");
    assertThat(imported("both.", pairs, EXPORTS.resolve("export.json")))
        .contains("published 10 annotations")
        .contains("published 1 preferences");
  }
}
