package org.rlhfstreams.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;

/** An import that ends in the middle, and another one after it. */
final class PromptImportTest {
  private static final int ROWS = 2 * PromptImport.PART_PROMPTS + 500;

  @TempDir private static Path data;
  private static EmbeddedStack stack;

  private KafkaConnection connection;

  @BeforeAll
  static void startStack() {
    stack = EmbeddedStack.start(data, 0, 0);
  }

  @AfterAll
  static void closeStack() {
    stack.close();
  }

  @BeforeEach
  void connect(TestInfo test) {
    connection =
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers",
                    stack.bootstrapServers(),
                    "connection.schema-registry-url",
                    stack.schemaRegistryUrl(),
                    "connection.topic-prefix",
                    test.getTestMethod().orElseThrow().getName() + ".",
                    "topics.partitions",
                    "1")));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(List.of(connection.topics().prompts()));
    }
  }

  private static Prompt prompt(int number) {
    return Prompt.newBuilder()
        .setPromptId("p" + number)
        .setText("Once upon a time")
        .setSource("test")
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

  private static void all(Consumer<Prompt> consumer) {
    IntStream.range(0, ROWS).mapToObj(PromptImportTest::prompt).forEach(consumer);
  }

  private List<String> published() throws Exception {
    List<String> ids = new ArrayList<>();
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(
          connection.topics().prompts(),
          connection.decoder(Prompt.class),
          (record, prompt) -> ids.add(prompt.getPromptId()));
    }
    return ids;
  }

  @Test
  void whatIsImportedBeforeTheEndStaysAndTheRestFollows() throws Exception {
    assertThatThrownBy(
            () ->
                PromptImport.publish(
                    connection,
                    consumer -> {
                      all(consumer);
                      throw new CommandException("the file ends in the middle of a line");
                    }))
        .hasMessageContaining("in the middle");
    assertThat(published()).hasSize(2 * PromptImport.PART_PROMPTS);

    assertThat(PromptImport.publish(connection, PromptImportTest::all))
        .isEqualTo(new ImportCounts(500, 2 * PromptImport.PART_PROMPTS));
    assertThat(published())
        .isEqualTo(IntStream.range(0, ROWS).mapToObj(number -> "p" + number).toList());
  }

  @Test
  void aTransactionThatAKilledImportLeftOpenIsEnded() throws Exception {
    try (KafkaProducer<String, Object> killed =
        connection.transactionalProducer(GroupNames.PROMPT_IMPORT)) {
      killed.initTransactions();
      killed.beginTransaction();
      killed.send(new ProducerRecord<>(connection.topics().prompts().name(), "p0", prompt(0)));
      killed.flush();

      assertThat(PromptImport.publish(connection, PromptImportTest::all))
          .isEqualTo(new ImportCounts(ROWS, 0));
      assertThat(published()).hasSize(ROWS).startsWith("p0", "p1");
    }
  }

  @Test
  void anImportThatAnotherOneReplacesSaysSo() throws Exception {
    try (PromptImport first = PromptImport.open(connection, KnownRows.Key.FILE_AND_CONTENT)) {
      PromptImport.publish(connection, PromptImportTest::all);
      assertThatThrownBy(() -> first.run(PromptImportTest::all))
          .isInstanceOf(CommandException.class)
          .hasMessageContaining("another import has begun")
          .hasMessageContaining("the same command publishes the rest");
    }
    assertThat(published()).hasSize(ROWS);
  }
}
