package org.rlhfstreams.bench;

import io.micrometer.core.instrument.DistributionSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.weights.PublishedTensor;
import org.rlhfstreams.service.weights.SentWeights;
import org.rlhfstreams.service.weights.WeightPublisher;
import org.rlhfstreams.service.weights.WireType;
import org.rlhfstreams.worker.RolloutWorker;

/**
 * How many of a worker's slots are in use while requests wait whose responses are very uneven in
 * length: 8 to 512 tokens, short ones more often (uniform in the logarithm).
 */
public final class SlotUse {
  private static final int SLOTS = 16;
  private static final int SHORTEST = 8;
  private static final int LONGEST = 512;
  private static final int PROMPT = 8;

  private final KafkaConnection connection;
  private final int requests;

  private SlotUse(KafkaConnection connection, int requests) {
    this.connection = connection;
    this.requests = requests;
  }

  /** Arguments: model directory, requests. */
  public static void main(String[] arguments) throws Exception {
    EventSerdes.trustEvents();
    Path directory = Files.createTempDirectory("slot-use");
    Path model = endless(Path.of(arguments[0]), directory.resolve("model"));
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      RlhfConfiguration configuration =
          RlhfConfiguration.of(
              Map.of(
                  "connection.bootstrap-servers",
                  stack.bootstrapServers(),
                  "connection.schema-registry-url",
                  stack.schemaRegistryUrl(),
                  "model.policy",
                  model.toString(),
                  "model.dtype",
                  "float32",
                  "rollout-worker.batch-size",
                  String.valueOf(SLOTS)));
      KafkaConnection connection = Cluster.connect(configuration, Role.SETUP, message -> {});
      new SlotUse(connection, Integer.parseInt(arguments[1])).run(ModelDirectory.open(model));
    }
    System.exit(0);
  }

  /** The model without an end of its responses, and with room for the longest. */
  static Path endless(Path model, Path copy) throws IOException {
    Files.createDirectories(copy);
    for (String file : List.of("model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
      Files.copy(model.resolve(file), copy.resolve(file));
    }
    Files.writeString(
        copy.resolve("config.json"),
        Files.readString(model.resolve("config.json"))
            .replaceAll("\"max_position_embeddings\" : \\d+", "\"max_position_embeddings\" : 1024")
            .replaceAll("\"eos_token_id\" : \\d+", "\"eos_token_id\" : null"));
    return copy;
  }

  private void run(ModelDirectory model) throws Exception {
    long tokens = write(model);
    try (RolloutWorker worker = RolloutWorker.start(connection)) {
      DistributionSummary fill = worker.endpoint().meters().get("rlhf.worker.batch.fill").summary();
      while (fill.count() == 0) {
        Thread.sleep(10);
      }
      long started = System.nanoTime();
      double mean = whileRequestsWait(worker, fill);
      double waited = (System.nanoTime() - started) / 1e9;
      while (worker.endpoint().meters().get("rlhf.worker.rollouts").counter().count() < requests) {
        Thread.sleep(10);
      }
      double seconds = (System.nanoTime() - started) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "RESULT slots in use %.1f %% on average over %.1f s with requests waiting; %d responses"
              + " of %d to %d tokens, %,d tokens in all, in %.1f s: %.0f tokens/s%n",
          100 * mean,
          waited,
          requests,
          SHORTEST,
          LONGEST,
          tokens,
          seconds,
          tokens / seconds);
    }
  }

  /**
   * Mean share of the slots in use, by time, until all requests have been taken. The time between
   * two tokens counts with the share at the later one.
   */
  private double whileRequestsWait(RolloutWorker worker, DistributionSummary fill)
      throws InterruptedException {
    double seconds = 0;
    double used = 0;
    long count = fill.count();
    double sum = fill.totalAmount();
    long since = System.nanoTime();
    while (worker.endpoint().meters().get("rlhf.queue.lag").gauge().value() > 0) {
      Thread.sleep(5);
      long newCount = fill.count();
      if (newCount > count) {
        double newSum = fill.totalAmount();
        long now = System.nanoTime();
        double interval = (now - since) / 1e9;
        used += interval * (newSum - sum) / (newCount - count);
        seconds += interval;
        count = newCount;
        sum = newSum;
        since = now;
      }
    }
    return used / seconds;
  }

  /** Weights and requests; the tokens that those ask for. */
  private long write(ModelDirectory model) {
    SplittableRandom random = new SplittableRandom(1);
    long tokens = 0;
    try (KafkaProducer<String, Object> producer = connection.transactionalProducer("slot-use")) {
      producer.initTransactions();
      producer.beginTransaction();
      WeightPublisher publisher =
          new WeightPublisher(
              connection.topics().policyWeights(), WireType.F32, 1, Optional.empty());
      SentWeights sent =
          publisher.send(
              producer,
              new WeightVersion(1, 0L),
              "llama",
              model.expectedTensors().stream()
                  .map(
                      tensor ->
                          PublishedTensor.ofFloats(
                              tensor.name(), tensor.shape(), model.readTensor(tensor.name())))
                  .toList(),
              () -> false);
      producer.send(publisher.commit(sent));
      for (int i = 0; i < requests; i++) {
        double logarithm = Math.log((double) LONGEST / SHORTEST) * random.nextDouble();
        int length = (int) Math.round(SHORTEST * Math.exp(logarithm));
        tokens += length;
        RolloutRequest request =
            request("request" + i, random.ints(PROMPT, 10, 2000).boxed().toList(), length);
        producer.send(
            new ProducerRecord<>(
                connection.topics().rolloutRequests().name(), request.getRequestId(), request));
      }
      producer.commitTransaction();
    }
    return tokens;
  }

  private static RolloutRequest request(String id, List<Integer> prompt, int length) {
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
                .setMaxNewTokens(length)
                .setSeed(0)
                .build())
        .setSamples(1)
        .setMinimumVersion(new WeightVersion(1, 0L))
        .setSequence(0)
        .setCreatedAt(Instant.now())
        .build();
  }
}
