package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.cli.run.ImportCounts;
import org.rlhfstreams.cli.run.LabelStudioImport;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
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

  @Test
  void anAnnotationWhoseAnswerCannotBePublishedIsPublishedWholeByTheNextImport() throws Exception {
    KafkaConnection connection = connection("refused.");
    String question =
        "6f1c2a52-9f0e-4b0e-8a3f-0d7a4b6c1e11/0|6f1c2a52-9f0e-4b0e-8a3f-0d7a4b6c1e11/1";
    ask(connection, question);
    LabelStudioImport annotations = new LabelStudioImport(List.of(exportOfOneAnnotation(question)));
    limitJudgements(connection, "150"); // below an answer's size, above a transaction marker's
    assertThatThrownBy(() -> annotations.run(connection, Optional.of("studio")))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("the same command publishes the rest");
    limitJudgements(connection, "2097152");

    assertThat(annotations.run(connection, Optional.of("studio")))
        .isEqualTo(new ImportCounts(1, 0));
    assertThat(read(connection, connection.topics().judgements(), Judgement.class))
        .singleElement()
        .satisfies(answer -> assertThat(answer.getComparisonId()).isEqualTo(question));
    assertThat(counting("refused.")).hasSize(1);
    assertThat(annotations.run(connection, Optional.of("studio")))
        .isEqualTo(new ImportCounts(0, 1));
  }

  private static void ask(KafkaConnection connection, String comparisonId) {
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    ComparedResponse response =
        ComparedResponse.newBuilder()
            .setRolloutId("r")
            .setText("one")
            .setTokenIds(List.of())
            .setVersion(new WeightVersion(0, 1L))
            .build();
    Comparison comparison =
        Comparison.newBuilder()
            .setComparisonId(comparisonId)
            .setPromptId("p")
            .setPromptText("P")
            .setFirst(response)
            .setSecond(response)
            .setReason("random")
            .setCreatedAt(Instant.now())
            .build();
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      producer.send(
          new ProducerRecord<>(connection.topics().comparisons().name(), comparisonId, comparison));
    }
  }

  private Path exportOfOneAnnotation(String comparisonId) throws IOException {
    return Files.writeString(
        directory.resolve("export.json"),
        """
        [{"id": 1, "data": {"prompt": "P", "first": "one", "second": "two", "comparisonId": "%s"},
          "annotations": [{"id": 7, "completed_by": 3, "was_cancelled": false,
            "updated_at": "2026-11-30T01:59:02.137293Z",
            "result": [{"from_name": "preference", "type": "pairwise",
                        "value": {"selected": "right"}}]}]}]
        """
            .formatted(comparisonId));
  }

  private static void limitJudgements(KafkaConnection connection, String bytes) throws Exception {
    ConfigResource topic =
        new ConfigResource(ConfigResource.Type.TOPIC, connection.topics().judgements().name());
    AlterConfigOp limit =
        new AlterConfigOp(new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET);
    try (Admin admin = connection.admin()) {
      admin.incrementalAlterConfigs(Map.of(topic, List.of(limit))).all().get();
    }
  }
}
