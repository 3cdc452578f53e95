package org.rlhfstreams.bench;

import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.architecture.TensorSpecification;
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
 * What a worker costs that samples on a vLLM beside it: tokens per second of requests in the log
 * against those of the same calls to the server alone, and how long a new version of the policy
 * takes, seen by a response that is streamed meanwhile.
 */
public final class EngineSpeed {
  private static final int IN_FLIGHT = 16;
  private static final int REQUESTS = 96;
  private static final int TOKENS = 96;
  private static final int PROMPT = 24;
  private static final int LONG = 900; // tokens of responses that see swaps

  private final KafkaConnection connection;
  private final ModelDirectory model;
  private final VllmOfBench engine;
  private final Random random = new Random(1);
  private int requests;

  /**
   * A token of a stream.
   *
   * @param stream which one
   * @param nanos when it came
   */
  private record Token(int stream, long nanos) {}

  private EngineSpeed(KafkaConnection connection, ModelDirectory model, VllmOfBench engine) {
    this.connection = connection;
    this.model = model;
    this.engine = engine;
  }

  /** Arguments: directory that vLLM is installed in, model directory, rounds, swaps. */
  public static void main(String[] arguments) throws Exception {
    EventSerdes.trustEvents();
    Path directory = Files.createTempDirectory("engine-speed");
    Path model = SlotUse.endless(Path.of(arguments[1]), directory.resolve("model"));
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0);
        VllmOfBench engine = new VllmOfBench()) {
      Path images = directory.resolve("images"); // the machine's memory, if it has such a place
      if (Files.isWritable(Path.of("/dev/shm"))) {
        images = Files.createTempDirectory(Path.of("/dev/shm"), "engine-speed");
      }
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
                  "rollout-worker.engine",
                  "vllm",
                  "rollout-worker.engine-url",
                  engine.url(),
                  "rollout-worker.engine-directory",
                  images.toString(),
                  "rollout-worker.engine-concurrency",
                  String.valueOf(IN_FLIGHT)));
      KafkaConnection connection = Cluster.connect(configuration, Role.SETUP, message -> {});
      EngineSpeed speed = new EngineSpeed(connection, ModelDirectory.open(model), engine);
      speed.publish(0);
      try (RolloutWorker worker = RolloutWorker.start(connection)) {
        Path start = images.resolve("start");
        while (!Files.exists(start)) {
          Thread.sleep(10);
        }
        // One more for the stream, and one for proofs.
        engine.start(Path.of(arguments[0]), start, IN_FLIGHT + 2, directory.resolve("vllm.log"));
        while (worker.endpoint().meters().get("rlhf.worker.engine.usable").gauge().value() == 0) {
          Thread.sleep(10);
        }
        speed.rates(worker, Integer.parseInt(arguments[2]));
        speed.swaps(worker, Integer.parseInt(arguments[3]));
      }
    }
    System.exit(0);
  }

  private void rates(RolloutWorker worker, int rounds) throws Exception {
    direct(IN_FLIGHT);
    throughLog(worker, IN_FLIGHT); // both are warm
    double[] direct = new double[rounds];
    double[] log = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      if (i % 2 == 0) {
        direct[i] = direct(REQUESTS);
        log[i] = throughLog(worker, REQUESTS);
      } else {
        log[i] = throughLog(worker, REQUESTS);
        direct[i] = direct(REQUESTS);
      }
      System.out.printf(
          Locale.ROOT,
          "round %d: directly %.0f tokens/s, through the worker %.0f%n",
          i + 1,
          direct[i],
          log[i]);
    }
    System.out.printf(
        Locale.ROOT,
        "RESULT %d in flight, medians of %d rounds: directly %.0f tokens/s, through the worker"
            + " %.0f, %.3f of it%n",
        IN_FLIGHT,
        rounds,
        median(direct),
        median(log),
        median(log) / median(direct));
  }

  private double direct(int number) throws Exception {
    List<VllmOfBench.Call> calls =
        Stream.generate(() -> new VllmOfBench.Call("direct-" + requests++, prompt(), TOKENS))
            .limit(number)
            .toList();
    return number * TOKENS / engine.call(calls, IN_FLIGHT);
  }

  private double throughLog(RolloutWorker worker, int number) throws InterruptedException {
    double until = rollouts(worker) + number;
    long begun = request(number, TOKENS);
    while (rollouts(worker) < until) {
      Thread.sleep(2);
    }
    return number * TOKENS / ((System.nanoTime() - begun) / 1e9);
  }

  private static double rollouts(RolloutWorker worker) {
    return worker.endpoint().meters().get("rlhf.worker.rollouts").counter().count();
  }

  private void swaps(RolloutWorker worker, int swaps) throws Exception {
    request(IN_FLIGHT * (4 + swaps), LONG); // more than will be answered
    BlockingQueue<Token> tokens = new LinkedBlockingQueue<>();
    Thread reader = new Thread(() -> read(tokens), "stream");
    reader.setDaemon(true);
    reader.start();
    Timer held = held(worker);
    double[] seen = new double[swaps];
    double[] pauses = new double[swaps];
    double[] holds = new double[swaps];
    double[] proofs = new double[swaps];
    double[] shares = new double[swaps];
    for (int i = 0; i < swaps; i++) {
      TimeUnit.SECONDS.sleep(1); // tokens flow
      tokens.clear();
      Timer proven = worker.endpoint().meters().get("rlhf.worker.engine.proven").timer();
      long count = proven.count();
      double heldBefore = held.totalTime(TimeUnit.MILLISECONDS);
      double provenBefore = proven.totalTime(TimeUnit.MILLISECONDS);
      long committed = publish(1 + i);
      while (proven.count() == count) {
        Thread.sleep(1);
      }
      double whole = (System.nanoTime() - committed) / 1e6;
      TimeUnit.MILLISECONDS.sleep(300); // the tokens behind it
      holds[i] = held.totalTime(TimeUnit.MILLISECONDS) - heldBefore;
      proofs[i] = proven.totalTime(TimeUnit.MILLISECONDS) - provenBefore - holds[i];
      shares[i] = 100 * proofs[i] / whole;
      List<Token> seenTokens = new ArrayList<>();
      tokens.drainTo(seenTokens);
      int behind = behindLongestGap(seenTokens, committed);
      seen[i] = (seenTokens.get(behind).nanos() - committed) / 1e6;
      pauses[i] = (seenTokens.get(behind).nanos() - seenTokens.get(behind - 1).nanos()) / 1e6;
      System.out.printf(
          Locale.ROOT,
          "swap %d: first token of the new version %.0f ms after the commit, no token for %.0f ms;"
              + " the engine was held for %.0f ms, the proof took %.0f ms more, all %.0f ms%n",
          i + 1,
          seen[i],
          pauses[i],
          holds[i],
          proofs[i],
          whole);
    }
    System.out.printf(
        Locale.ROOT,
        "RESULT %d swaps with %d in flight, median (largest): commit to first token %.0f (%.0f) ms,"
            + " pause of running responses %.0f (%.0f) ms, held %.0f (%.0f) ms, proof %.0f (%.0f)"
            + " ms, %.0f %% of a swap%n",
        swaps,
        IN_FLIGHT + 1,
        median(seen),
        largest(seen),
        median(pauses),
        largest(pauses),
        median(holds),
        largest(holds),
        median(proofs),
        largest(proofs),
        median(shares));
  }

  private static Timer held(RolloutWorker worker) {
    return worker.endpoint().meters().get("rlhf.worker.engine.held").timer();
  }

  /** One response after the other, as its tokens come. */
  private void read(BlockingQueue<Token> tokens) {
    try {
      for (int i = 0; ; i++) {
        int number = i;
        VllmOfBench.Call call = new VllmOfBench.Call("stream-" + i, List.of(10, 11, 12), LONG);
        try (Stream<String> lines = engine.stream(call)) {
          lines.forEach(line -> tokens.add(new Token(number, System.nanoTime())));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // The server is closed; before that it is missed as a token.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The token behind the longest time without one that ends after a moment. */
  private static int behindLongestGap(List<Token> tokens, long after) {
    int behind = -1;
    long longest = 0;
    for (int i = 1; i < tokens.size(); i++) {
      Token before = tokens.get(i - 1);
      Token token = tokens.get(i);
      long gap = token.nanos() - before.nanos();
      if (token.stream() == before.stream() && token.nanos() > after && gap > longest) {
        behind = i;
        longest = gap;
      }
    }
    return behind;
  }

  private List<Integer> prompt() {
    return random.ints(PROMPT, 10, 2000).boxed().toList();
  }

  /** Writes requests; when they were committed. */
  private long request(int number, int length) {
    return transact(
        producer -> {
          for (int i = 0; i < number; i++) {
            String id = "request-" + requests++;
            producer.send(
                new ProducerRecord<>(
                    connection.topics().rolloutRequests().name(),
                    id,
                    RolloutRequest.newBuilder()
                        .setRequestId(id)
                        .setPromptId(id)
                        .setPromptText("")
                        .setPromptTokenIds(prompt())
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
                        .build()));
          }
        });
  }

  /** Writes a version, the model with each weight a little different; when it was committed. */
  private long publish(int step) {
    Random changes = new Random(step);
    List<PublishedTensor> tensors = new ArrayList<>();
    for (TensorSpecification tensor : model.expectedTensors()) {
      float[] values = model.readTensor(tensor.name());
      for (int i = 0; step > 0 && i < values.length; i++) {
        values[i] *= (float) (1 + 0.01 * changes.nextGaussian());
      }
      tensors.add(PublishedTensor.ofFloats(tensor.name(), tensor.shape(), values));
    }
    return transact(
        producer -> {
          WeightPublisher publisher =
              new WeightPublisher(
                  connection.topics().policyWeights(), WireType.F32, 1, Optional.empty());
          SentWeights sent =
              publisher.send(
                  producer, new WeightVersion(1, (long) step), "llama", tensors, () -> false);
          producer.send(publisher.commit(sent));
        });
  }

  private long transact(Consumer<KafkaProducer<String, Object>> what) {
    try (KafkaProducer<String, Object> producer = connection.transactionalProducer("engine")) {
      producer.initTransactions();
      producer.beginTransaction();
      what.accept(producer);
      producer.commitTransaction();
      return System.nanoTime();
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }
}
