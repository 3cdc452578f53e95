package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.LiveWeights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.model.training.InferenceModel;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;
import org.rlhfstreams.service.weights.PublishedTensor;
import org.rlhfstreams.service.weights.SentWeights;
import org.rlhfstreams.service.weights.WeightPublisher;
import org.rlhfstreams.service.weights.WireType;
import org.rlhfstreams.worker.RolloutWorker;

/**
 * A worker samples on a real vLLM: every token's log-probability is that of the version which the
 * rollout names for it, whatever takes over in the middle of responses, and each response comes
 * once, also where the engine is killed.
 */
@Tag("engines")
@ExtendWith(VllmNeeded.class)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
final class VllmTest {
  private static final Path STARTER = Path.of("..", "models", "starter");
  private static final int CONCURRENCY = 16;
  private static final int TOKENS = 120;

  /** Learner and engine compute in float32, in another order. */
  private static final double ROUNDING = 1e-3;

  @TempDir private Path directory;
  private final ModelDirectory starter = ModelDirectory.open(STARTER);
  private final List<ModelDirectory> versions = new ArrayList<>();
  private VllmProcess engine;
  private EmbeddedStack stack;
  private KafkaConnection connection;

  @BeforeEach
  void start() throws IOException, ExecutionException, InterruptedException {
    engine = new VllmProcess(directory.resolve("vllm.log"));
    stack = EmbeddedStack.start(directory.resolve("broker"), 0, 0);
    connection =
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers", stack.bootstrapServers(),
                    "connection.schema-registry-url", stack.schemaRegistryUrl(),
                    "topics.partitions", "2",
                    "model.policy", STARTER.toString(),
                    "model.dtype", "float32",
                    "rollout-worker.engine", "vllm",
                    "rollout-worker.engine-url", engine.url(),
                    "rollout-worker.engine-concurrency", String.valueOf(CONCURRENCY),
                    "rollout-worker.engine-directory", directory.resolve("engine").toString())));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    for (int i = 0; i < 6; i++) {
      versions.add(i == 0 ? starter : changed(i));
    }
  }

  @AfterEach
  void close() {
    stack.close();
    engine.close();
  }

  /** The starter with each weight a little different. */
  private ModelDirectory changed(int seed) {
    Random random = new Random(seed);
    List<float[]> values = new ArrayList<>();
    for (TensorSpecification tensor : starter.expectedTensors()) {
      float[] changed = starter.readTensor(tensor.name());
      for (int i = 0; i < changed.length; i++) {
        changed[i] *= (float) (1 + 0.05 * random.nextGaussian());
      }
      values.add(changed);
    }
    Path target = directory.resolve("version-" + seed);
    ModelDirectory.save(target, starter.configuration(), values, TensorType.F32, STARTER);
    return ModelDirectory.open(target);
  }

  @Test
  void everyTokenIsOfTheVersionThatItsRolloutNames() throws IOException {
    transact(producer -> publish(producer, 0));
    try (RolloutWorker worker = RolloutWorker.start(connection)) {
      Path start = directory.resolve("engine").resolve("start");
      await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(start));
      engine.start(start, CONCURRENCY);
      engine.awaitHealth();
      transact(
          producer -> {
            for (int i = 0; i < 64; i++) {
              producer.send(record(request("first-" + i, 0)));
            }
          });
      Instant began = Instant.now();
      for (int step = 1; step < versions.size(); step++) {
        int version = step;
        int done = 10 * step;
        await()
            .atMost(Duration.ofMinutes(3))
            .until(() -> worker.ended().isDone() || rollouts().size() >= done);
        transact(producer -> publish(producer, version));
      }
      await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> worker.ended().isDone() || rollouts().size() >= 64);
      Duration took = Duration.between(began, Instant.now());
      List<Rollout> sampled = rollouts();
      assertThat(sampled).extracting(Rollout::getRolloutId).hasSize(64).doesNotHaveDuplicates();
      assertThat(sampled).anyMatch(rollout -> rollout.getSegments().size() > 1);
      long tokens =
          sampled.stream().mapToLong(rollout -> rollout.getResponseTokenIds().size()).sum();
      double difference = difference(sampled);
      System.out.printf(
          Locale.ROOT,
          "vLLM: %d tokens in %d segments of %d rollouts, 5 swaps in the middle, %.1f s; largest"
              + " difference from the learner's log-probabilities %.2g%n",
          tokens,
          sampled.stream().mapToInt(rollout -> rollout.getSegments().size()).sum(),
          sampled.size(),
          took.toMillis() / 1e3,
          difference);
      assertThat(difference).isLessThanOrEqualTo(ROUNDING);

      // Killed in the middle, and started again with the weights that it began with.
      transact(
          producer -> {
            for (int i = 0; i < 48; i++) {
              producer.send(record(request("second-" + i, 5)));
            }
          });
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> worker.ended().isDone() || rollouts().size() >= 64 + 8);
      engine.kill();
      engine.start(start, CONCURRENCY);
      await()
          .atMost(Duration.ofMinutes(8))
          .until(() -> worker.ended().isDone() || rollouts().size() >= 64 + 48);
      assertThat(worker.ended()).isNotDone();
      List<Rollout> all = rollouts();
      assertThat(all).extracting(Rollout::getRolloutId).hasSize(112).doesNotHaveDuplicates();
      List<Rollout> second =
          all.stream().filter(one -> one.getRequestId().startsWith("s")).toList();
      assertThat(second)
          .flatExtracting(Rollout::getSegments)
          .extracting(VersionSegment::getVersion)
          .containsOnly(new WeightVersion(1, 5L));
      assertThat(difference(second)).isLessThanOrEqualTo(ROUNDING);
    }
  }

  /** The largest difference of a token's log-probability from that under its version. */
  private double difference(List<Rollout> rollouts) {
    Map<Long, List<Rollout>> byVersion = new HashMap<>();
    for (Rollout rollout : rollouts) {
      for (VersionSegment segment : rollout.getSegments()) {
        byVersion
            .computeIfAbsent(segment.getVersion().getStep(), step -> new ArrayList<>())
            .add(rollout);
      }
    }
    double largest = 0;
    for (Map.Entry<Long, List<Rollout>> entry : byVersion.entrySet()) {
      ModelDirectory model = versions.get(entry.getKey().intValue());
      try (Decoder decoder = new Decoder(model.configuration(), ComputeType.FLOAT32);
          LiveWeights weights = new LiveWeights(decoder, model);
          InferenceModel forward = new InferenceModel(decoder, MicroBatchSettings.DEFAULT)) {
        for (Rollout rollout : entry.getValue()) {
          float[] own =
              forward
                  .logProbabilities(
                      weights.active(),
                      List.of(
                          TokenRow.of(rollout.getPromptTokenIds(), rollout.getResponseTokenIds())),
                      new double[] {1})[0];
          for (VersionSegment segment : rollout.getSegments()) {
            if (segment.getVersion().getStep() == entry.getKey()) {
              for (int i = segment.getFromToken(); i < segment.getUntilToken(); i++) {
                largest =
                    Math.max(
                        largest, Math.abs(own[i] - rollout.getBehaviorLogProbabilities().get(i)));
              }
            }
          }
        }
      }
    }
    return largest;
  }

  private static RolloutRequest request(String id, long minimumStep) {
    Random random = new Random(id.hashCode());
    List<Integer> prompt =
        Stream.generate(() -> 10 + random.nextInt(1900)).limit(4 + random.nextInt(36)).toList();
    return RolloutRequest.newBuilder()
        .setRequestId(id)
        .setPromptId(id)
        .setPromptText("")
        .setPromptTokenIds(prompt)
        .setSampling(
            SamplingSettings.newBuilder()
                .setTemperature(1)
                .setTopK(0)
                .setTopP(1)
                .setMaxNewTokens(TOKENS)
                .setSeed(3)
                .build())
        .setSamples(1)
        .setMinimumVersion(new WeightVersion(1, minimumStep))
        .setSequence(0)
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

  private ProducerRecord<String, Object> record(RolloutRequest request) {
    return new ProducerRecord<>(
        connection.topics().rolloutRequests().name(), request.getRequestId(), request);
  }

  private void publish(KafkaProducer<String, Object> producer, int step) {
    ModelDirectory model = versions.get(step);
    WeightPublisher publisher =
        new WeightPublisher(connection.topics().policyWeights(), WireType.F32, 1, Optional.empty());
    SentWeights sent =
        publisher.send(
            producer,
            new WeightVersion(1, (long) step),
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
