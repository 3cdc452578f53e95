package org.rlhfstreams.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;
import org.rlhfstreams.service.weights.PublishedTensor;
import org.rlhfstreams.service.weights.SentWeights;
import org.rlhfstreams.service.weights.WeightPublisher;
import org.rlhfstreams.service.weights.WireType;
import org.rlhfstreams.worker.remote.EngineStub;
import org.rlhfstreams.worker.remote.OwnDecoding;

/** A worker whose engine is a server beside it draws what one draws by itself. */
@Tag("slow")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class WorkerOnEngineTest {
  private static final Path STARTER = Path.of("..", "models", "starter");
  private static final int SLOTS = 4;

  @TempDir private Path data;
  private final ModelDirectory model = ModelDirectory.open(STARTER);
  private EmbeddedStack stack;
  private KafkaConnection connection;
  private OwnDecoding decoding;
  private EngineStub engine;

  @BeforeEach
  void start() throws ExecutionException, InterruptedException {
    stack = EmbeddedStack.start(data, 0, 0);
    decoding = new OwnDecoding(this::newest);
    engine = new EngineStub(0, decoding);
    connection = connection("vllm");
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
  }

  private Path newest() {
    List<Path> loaded = engine.loaded();
    return loaded.isEmpty() ? STARTER : loaded.get(loaded.size() - 1);
  }

  private KafkaConnection connection(String kind) {
    return new KafkaConnection(
        RlhfConfiguration.of(
            Map.of(
                "connection.bootstrap-servers", stack.bootstrapServers(),
                "connection.schema-registry-url", stack.schemaRegistryUrl(),
                "topics.partitions", "1",
                "model.policy", STARTER.toString(),
                "model.dtype", "float32",
                "rollout-worker.engine", kind,
                "rollout-worker.engine-url", engine.address().toString(),
                "rollout-worker.engine-concurrency", String.valueOf(SLOTS),
                "rollout-worker.engine-directory", data.resolve("engine").toString())));
  }

  @AfterEach
  void close() {
    stack.close();
    engine.close();
    decoding.close();
  }

  @Test
  void itsRolloutsAreThoseOfItsOwnDecoderAndNoneIsLostWhereTheEngineIsRestarted() {
    List<RolloutRequest> requests = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      requests.add(request("request" + i, 2, 3 + i % 5, 1));
    }
    transact(
        producer -> {
          publish(producer, 1);
          requests.forEach(request -> producer.send(record(request)));
        });
    try (RolloutWorker worker = RolloutWorker.start(connection)) {
      awaitRollouts(worker, 6);
      engine.restart();
      awaitRollouts(worker, 20);
      assertThat(worker.endpoint().meters().get("rlhf.worker.engine.usable").gauge().value())
          .isEqualTo(1);
    }
    assertThat(ids("")).hasSize(20).doesNotHaveDuplicates();
    List<Rollout> onEngine = rollouts();
    assertThat(onEngine)
        .flatExtracting(Rollout::getSegments)
        .extracting(VersionSegment::getVersion)
        .containsOnly(new WeightVersion(1, 1L));
    // The same requests again, by the worker's own decoder.
    transact(producer -> requests.forEach(request -> producer.send(record(request))));
    try (RolloutWorker worker = RolloutWorker.start(connection("decoder"))) {
      awaitRollouts(worker, 40);
    }
    for (Rollout rollout : onEngine) {
      Rollout own =
          rollouts().stream()
              .filter(one -> one.getRolloutId().equals(rollout.getRolloutId()))
              .skip(1)
              .findFirst()
              .orElseThrow();
      assertThat(rollout.getResponseTokenIds()).isEqualTo(own.getResponseTokenIds());
      assertThat(rollout.getResponseText()).isEqualTo(own.getResponseText());
      assertThat(rollout.getFinishReason()).isEqualTo(own.getFinishReason());
      for (int i = 0; i < own.getResponseTokenIds().size(); i++) {
        assertThat(rollout.getBehaviorLogProbabilities().get(i))
            .isCloseTo(own.getBehaviorLogProbabilities().get(i), within(1e-4f));
      }
    }
  }

  private void awaitRollouts(RolloutWorker worker, int many) {
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> worker.ended().isDone() || rollouts().size() >= many);
    assertThat(worker.ended()).isNotDone();
  }

  /** Of a prompt that no other request has. */
  private static RolloutRequest request(String id, int samples, int tokens, long minimumStep) {
    RolloutRequest request =
        Requests.request(id, List.of(60 + id.hashCode() % 17, 30, 40), samples, tokens, 0);
    return RolloutRequest.newBuilder(request)
        .setMinimumVersion(new WeightVersion(1, minimumStep))
        .build();
  }

  private ProducerRecord<String, Object> record(RolloutRequest request) {
    return new ProducerRecord<>(
        connection.topics().rolloutRequests().name(), request.getRequestId(), request);
  }

  private void publish(KafkaProducer<String, Object> producer, long step) {
    WeightPublisher publisher =
        new WeightPublisher(connection.topics().policyWeights(), WireType.F32, 1, Optional.empty());
    SentWeights sent =
        publisher.send(
            producer,
            new WeightVersion(1, step),
            "llama",
            model.expectedTensors().stream()
                .map(
                    tensor ->
                        PublishedTensor.ofFloats(
                            tensor.name(), tensor.shape(), model.readTensor(tensor.name())))
                .toList(),
            () -> false);
    producer.send(publisher.commit(sent));
  }

  private void transact(Consumer<KafkaProducer<String, Object>> what) {
    try (KafkaProducer<String, Object> producer = connection.transactionalProducer("test")) {
      producer.initTransactions();
      producer.beginTransaction();
      what.accept(producer);
      producer.commitTransaction();
    }
  }

  private List<String> ids(String request) {
    return rollouts().stream()
        .map(Rollout::getRolloutId)
        .filter(id -> id.startsWith(request))
        .toList();
  }

  private List<Rollout> rollouts() {
    List<Rollout> rollouts = new ArrayList<>();
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(
          connection.topics().rollouts(),
          connection.decoder(Rollout.class),
          (record, rollout) -> rollouts.add(rollout));
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return rollouts;
  }
}
