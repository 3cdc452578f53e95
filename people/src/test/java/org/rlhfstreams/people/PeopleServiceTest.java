package org.rlhfstreams.people;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.people.publish.TransactionalOutbox;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** The service on a real broker: whatever is killed when, each judgement is in the log once. */
@Tag("slow")
final class PeopleServiceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path directory;
  private static EmbeddedStack stack;
  private static int brokerPort;
  private static int registryPort;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    EventSerdes.trustEvents();
    stack = EmbeddedStack.start(directory.resolve("log"), 0, 0);
    brokerPort = URI.create("kafka://" + stack.bootstrapServers()).getPort();
    registryPort = URI.create(stack.schemaRegistryUrl()).getPort();
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static KafkaConnection connection(String prefix) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connection.bootstrap-servers", stack.bootstrapServers());
    settings.put("connection.schema-registry-url", stack.schemaRegistryUrl());
    settings.put("connection.topic-prefix", prefix + ".");
    settings.put("people.enabled", "true");
    settings.put("people.http-port", "0");
    settings.put("people.state-directory", directory.resolve("people").toString());
    KafkaConnection connection = new KafkaConnection(RlhfConfiguration.of(settings));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    return connection;
  }

  private static PeopleService serve(KafkaConnection connection) {
    PeopleService service = PeopleService.start(connection);
    Awaitility.await().atMost(PATIENCE).until(() -> service.unready().isEmpty());
    return service;
  }

  private static void ask(KafkaConnection connection, int count) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (int i = 0; i < count; i++) {
        ComparedResponse response =
            ComparedResponse.newBuilder()
                .setRolloutId("r" + i)
                .setText("text " + i)
                .setTokenIds(List.of())
                .setVersion(new WeightVersion(0, 1L))
                .build();
        Comparison comparison =
            Comparison.newBuilder()
                .setComparisonId("c" + i)
                .setPromptId("p" + i)
                .setPromptText("prompt " + i)
                .setFirst(response)
                .setSecond(response)
                .setReason("random")
                .setCreatedAt(Instant.now())
                .build();
        producer.send(
            new ProducerRecord<>(connection.topics().comparisons().name(), "c" + i, comparison));
      }
      producer.flush();
    }
  }

  private HttpResponse<String> submit(PeopleService service, String id, String comparisonId)
      throws IOException, InterruptedException {
    JsonObject body =
        new JsonObject()
            .put("judgementId", id)
            .put("comparisonId", comparisonId)
            .put("choice", "left")
            .put("swapped", false)
            .put("millisecondsSpent", 10);
    return post(service, "/judgements", body);
  }

  private HttpResponse<String> post(PeopleService service, String path, JsonObject body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(service.url() + "/api/v1" + path))
            .timeout(Duration.ofSeconds(15))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private int submitUntilAnswered(PeopleService service, String id, String comparisonId) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> submit(service, id, comparisonId).statusCode(), status -> status < 300);
  }

  private static Judgement judgement(String id, String comparisonId) {
    return Judgement.newBuilder()
        .setJudgementId(id)
        .setComparisonId(comparisonId)
        .setAnnotator("local")
        .setChoice(Choice.FIRST)
        .setJudgedAt(Instant.now())
        .setMillisecondsSpent(10)
        .build();
  }

  private static List<String> judged(KafkaConnection connection) throws UndecodableException {
    return read(
        connection, connection.topics().judgements(), Judgement.class, Judgement::getJudgementId);
  }

  private static <T extends SpecificRecord> List<String> read(
      KafkaConnection connection, Topic topic, Class<T> type, Function<T, String> id)
      throws UndecodableException {
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    RecordDecoder<T> decoder = connection.decoder(type);
    List<String> ids = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          ids.add(id.apply(decoder.decode(record.topic(), record.value())));
        }
      }
    }
    return ids;
  }

  @Test
  void whatAKilledProcessHadCommittedOrLeftOpenIsCountedOnce() throws Exception {
    KafkaConnection connection = connection("killed");
    ask(connection, 3);
    String committed = UUID.randomUUID().toString();
    String open = UUID.randomUUID().toString();
    String topic = connection.topics().judgements().name();
    // A process that is killed between the broker's acknowledgement and its answer, and one whose
    // next transaction is open then. Its producer is never closed before the next takes its name.
    try (KafkaProducer<String, Object> killed =
        connection.transactionalProducer(TransactionalOutbox.NAME)) {
      killed.initTransactions();
      killed.beginTransaction();
      RecordMetadata sent =
          killed.send(new ProducerRecord<>(topic, "c0", judgement(committed, "c0"))).get();
      killed.commitTransaction();
      killed.beginTransaction();
      RecordMetadata left =
          killed.send(new ProducerRecord<>(topic, "c1", judgement(open, "c1"))).get();
      assertThat(left.offset()).isGreaterThan(sent.offset());
      try (PeopleService service = serve(connection)) {
        assertThat(submit(service, committed, "c0").statusCode()).isEqualTo(200);
        assertThat(submit(service, open, "c1").statusCode()).isEqualTo(201);
        assertThat(submit(service, open, "c1").statusCode()).isEqualTo(200);
      }
    }
    assertThat(judged(connection)).containsExactlyInAnyOrder(committed, open);
  }

  @Test
  void aSecondProcessTakesOverAndNeitherCountsTwice() throws Exception {
    KafkaConnection connection = connection("second");
    ask(connection, 2);
    String first = UUID.randomUUID().toString();
    String second = UUID.randomUUID().toString();
    try (PeopleService before = serve(connection)) {
      assertThat(submit(before, first, "c0").statusCode()).isEqualTo(201);
      try (PeopleService after = serve(connection)) {
        assertThat(submit(after, first, "c0").statusCode()).isEqualTo(200);
        assertThat(submitUntilAnswered(after, second, "c1")).isIn(200, 201);
        assertThat(submitUntilAnswered(before, second, "c1")).isEqualTo(200);
      }
    }
    assertThat(judged(connection)).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void whileTheBrokerIsAwayItSaysSoWithinSecondsAndDeliversOnceAfterwards() throws Exception {
    KafkaConnection connection = connection("away");
    ask(connection, 3);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ids.add(UUID.randomUUID().toString());
    }
    try (PeopleService service = serve(connection)) {
      assertThat(submit(service, ids.get(0), "c0").statusCode()).isEqualTo(201);
      stack.close();
      for (int i = 1; i < 3; i++) {
        long asked = System.nanoTime();
        HttpResponse<String> away = submit(service, ids.get(i), "c" + i);
        assertThat(away.statusCode()).isEqualTo(503);
        assertThat(away.headers().firstValue("Retry-After")).isPresent();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(6));
      }
      stack = EmbeddedStack.start(directory.resolve("log"), brokerPort, registryPort);
      for (int i = 2; i >= 0; i--) {
        assertThat(submitUntilAnswered(service, ids.get(i), "c" + i)).isIn(200, 201);
      }
    }
    assertThat(judged(connection)).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void aRollBackWhoseAnswerWasLostIsSentAgainAlsoToTheNextProcessAndIsInTheLogOnce()
      throws Exception {
    KafkaConnection connection = connection("rolled");
    String id = UUID.randomUUID().toString();
    JsonObject rollBack = new JsonObject().put("action", "roll-back").put("commandId", id);
    try (PeopleService service = serve(connection)) {
      assertThat(post(service, "/controls", rollBack).statusCode()).isEqualTo(202);
      assertThat(post(service, "/controls", rollBack).statusCode()).isEqualTo(200);
    }
    try (PeopleService restarted = serve(connection)) {
      HttpResponse<String> again = post(restarted, "/controls", rollBack);
      assertThat(again.statusCode()).isEqualTo(200);
      assertThat(new JsonObject(again.body()).getString("commandId")).isEqualTo(id);
      assertThat(post(restarted, "/controls", rollBack.copy().put("step", 1)).statusCode())
          .isEqualTo(409);
    }
    assertThat(
            read(
                connection,
                connection.topics().controls(),
                ControlCommand.class,
                ControlCommand::getCommandId))
        .containsExactly(id);
  }
}
