package org.rlhfstreams.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
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
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Evaluation;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.exchange.GroupShare;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;
import org.rlhfstreams.service.weights.PublishedTensor;
import org.rlhfstreams.service.weights.SentWeights;
import org.rlhfstreams.service.weights.WeightLease;
import org.rlhfstreams.service.weights.WeightPublisher;
import org.rlhfstreams.service.weights.WeightSource;
import org.rlhfstreams.service.weights.WireType;
import org.rlhfstreams.worker.engine.EndedResponse;
import org.rlhfstreams.worker.policy.DecoderEngine;

/** A request is answered by the version that it names, however many newer ones there are. */
@Tag("slow")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class EvaluationWorkerTest {
  private static final Path STARTER = Path.of("..", "models", "starter");
  private static final int TOKENS = 12;
  private static final int PROMPTS = 3;

  @TempDir private Path data;
  private final ModelDirectory model = ModelDirectory.open(STARTER);
  private EmbeddedStack stack;
  private KafkaConnection connection;

  @BeforeEach
  void start() throws ExecutionException, InterruptedException {
    stack = EmbeddedStack.start(data, 0, 0);
    connection =
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers",
                    stack.bootstrapServers(),
                    "connection.schema-registry-url",
                    stack.schemaRegistryUrl(),
                    "topics.partitions",
                    "1",
                    "model.policy",
                    STARTER.toString(),
                    "model.dtype",
                    "float32",
                    "rollout-worker.batch-size",
                    "2")));
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
  }

  @AfterEach
  void close() {
    stack.close();
  }

  /** Other weights for each step: all of the last layer's norm, scaled. */
  private static float factor(String tensor, long step) {
    return tensor.equals("model.norm.weight") ? 1 + 0.25f * step : 1;
  }

  private float[] values(String tensor, long step) {
    float[] values = model.readTensor(tensor).clone();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor(tensor, step);
    }
    return values;
  }

  /** The weights of a step, as a lease that nobody replaces. */
  private final class StepWeights implements WeightSource, WeightLease {
    private final WeightVersion version;

    StepWeights(long step) {
      this.version = new WeightVersion(0, step);
    }

    @Override
    public Optional<WeightVersion> newest() {
      return Optional.of(version);
    }

    @Override
    public Optional<WeightLease> lease() {
      return Optional.of(this);
    }

    @Override
    public WeightVersion version() {
      return version;
    }

    @Override
    public String origin() {
      return "step " + version.getStep();
    }

    @Override
    public String elementType(String tensor) {
      return "F32";
    }

    @Override
    public ByteBuffer bytes(String tensor, long from, int length) {
      float[] values = values(tensor, version.getStep());
      ByteBuffer bytes =
          ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      return bytes.slice((int) from, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {}
  }

  @Test
  void eachRequestIsAnsweredByTheVersionThatItNames() {
    transact(
        producer -> {
          for (long step = 1; step <= 3; step++) {
            publish(producer, step);
          }
        });
    // Older ones after newer ones, as a member gets them that takes over from another.
    ask(2, 3, 1);
    transact(
        producer ->
            producer.send(
                record(request(0, 0).setSamples(2).build()))); // which the topic never had
    try (EvaluationWorker worker = EvaluationWorker.start(connection)) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(
              () ->
                  worker.ended().isDone()
                      || (rollouts().size() == 3 * PROMPTS && !letters().isEmpty()));
    }
    List<Rollout> rollouts = rollouts();
    assertThat(rollouts).hasSize(3 * PROMPTS);
    for (Rollout rollout : rollouts) {
      WeightVersion version = rollout.getEvaluation().getVersion();
      assertThat(rollout.getSegments())
          .extracting(VersionSegment::getVersion)
          .containsExactly(version);
      EndedResponse.Sampled alone =
          alone(rollout.getRequestId(), rollout.getPromptTokenIds(), version);
      assertThat(rollout.getResponseTokenIds())
          .containsExactlyElementsOf(Arrays.stream(alone.tokenIds()).boxed().toList());
      for (int i = 0; i < rollout.getBehaviorLogProbabilities().size(); i++) {
        assertThat(rollout.getBehaviorLogProbabilities().get(i))
            .isEqualTo(alone.logProbabilities()[i]);
      }
    }
    assertThat(rollouts).extracting(Rollout::getBehaviorLogProbabilities).doesNotHaveDuplicates();
    assertThat(letters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.getStage()).isEqualTo("evaluation-worker");
              assertThat(letter.getReason()).contains("no longer has policy version 0.0");
              assertThat(letter.getLostRollouts()).isZero();
            });
  }

  /** What the weights draw for a request, where there are no others. */
  private EndedResponse.Sampled alone(
      String requestId, List<Integer> prompt, WeightVersion version) {
    WorkerMeters meters =
        new WorkerMeters(new SimpleMeterRegistry(), new GroupShare("evaluation-workers"), 1);
    try (DecoderEngine engine =
        new DecoderEngine(model, ComputeType.FLOAT32, 1, new StepWeights(version.getStep()))) {
      SlotSampling sampling = new SlotSampling(engine, meters);
      String promptId = requestId.substring(0, requestId.indexOf('/'));
      sampling.start(
          List.of(
              Requests.task(
                  0,
                  RolloutRequest.newBuilder(Requests.request(requestId, prompt, 1, TOKENS, 0))
                      .setPromptId(promptId)
                      .setEvaluation(new Evaluation(version, PROMPTS))
                      .build())));
      List<RequestTask> ended = List.of();
      while (ended.isEmpty()) {
        sampling.advance();
        ended = sampling.takeEnded();
      }
      return ended.get(0).responses().get(0).sampled();
    }
  }

  private void ask(long... steps) {
    transact(
        producer -> {
          for (long step : steps) {
            for (int prompt = 0; prompt < PROMPTS; prompt++) {
              producer.send(record(request(prompt, step).build()));
            }
          }
        });
  }

  private static RolloutRequest.Builder request(int prompt, long step) {
    String promptId = "held-out-" + prompt;
    return RolloutRequest.newBuilder(
            Requests.request(
                promptId + "/evaluation/0." + step, List.of(60 + prompt, 30, 40), 1, TOKENS, step))
        .setPromptId(promptId)
        .setEvaluation(new Evaluation(new WeightVersion(0, step), PROMPTS));
  }

  private ProducerRecord<String, Object> record(RolloutRequest request) {
    return new ProducerRecord<>(
        connection.topics().evaluationRequests().name(), request.getRequestId(), request);
  }

  private void publish(KafkaProducer<String, Object> producer, long step) {
    WeightPublisher publisher =
        new WeightPublisher(connection.topics().policyWeights(), WireType.F32, 1, Optional.empty());
    SentWeights sent =
        publisher.send(
            producer,
            new WeightVersion(0, step),
            "llama",
            model.expectedTensors().stream()
                .map(
                    tensor ->
                        PublishedTensor.ofFloats(
                            tensor.name(), tensor.shape(), values(tensor.name(), step)))
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
    return read(connection.topics().rollouts(), Rollout.class);
  }

  private List<DeadLetter> letters() {
    return read(connection.topics().deadLetters(), DeadLetter.class);
  }

  private <T extends SpecificRecord> List<T> read(Topic topic, Class<T> event) {
    List<T> events = new ArrayList<>();
    try (CommittedLog log = new CommittedLog(connection)) {
      log.read(topic, connection.decoder(event), (record, one) -> events.add(one));
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return events;
  }
}
