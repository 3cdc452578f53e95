package org.rlhfstreams.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Workers;
import org.rlhfstreams.service.lineage.Account;
import org.rlhfstreams.service.lineage.Audit;
import org.rlhfstreams.service.lineage.AuditFigures;
import org.rlhfstreams.service.lineage.Problem;

/**
 * Fills a log with rollouts of the demo's size that were all scored and learned from, and audits it
 * from another process on the same machine, three times.
 */
public final class AuditSpeed {
  private static final int BATCH = 64;
  private static final int PROMPT_TOKENS = 12;
  private static final int TOKENS = 48;
  private static final int WRITERS = 2;
  private static final int ROUNDS = 3;
  private static final String WORDS =
      "Once upon a time there was a little girl who had a red ball and a small dog that liked to"
          + " play with it in the park every day until the sun went down and they ran home together";

  private AuditSpeed() {}

  /**
   * Arguments: rollouts, and the heap of the process that audits in MB; for that process itself:
   * {@code read}, broker, registry and rollouts.
   */
  public static void main(String[] arguments) throws Exception {
    EventSerdes.trustEvents();
    if (arguments[0].equals("read")) {
      read(arguments[1], arguments[2], Long.parseLong(arguments[3]));
      System.exit(0);
    }
    int rollouts = Integer.parseInt(arguments[0]);
    Path directory = Files.createTempDirectory("audit-speed");
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      KafkaConnection connection =
          Cluster.connect(
              RlhfConfiguration.of(new HashMap<>(Cluster.address(stack))),
              Role.SETUP,
              message -> {});
      long started = System.nanoTime();
      fill(connection, rollouts);
      System.out.printf(
          Locale.ROOT,
          "%,d rollouts of %d tokens written in %.0f s%n",
          rollouts,
          TOKENS,
          (System.nanoTime() - started) / 1e9);
      Process audit =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC", // as the launcher has it
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx" + arguments[1] + "m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  AuditSpeed.class.getName(),
                  "read",
                  stack.bootstrapServers(),
                  stack.schemaRegistryUrl(),
                  String.valueOf(rollouts))
              .inheritIO()
              .start();
      if (audit.waitFor() != 0) {
        throw new IOException("the audit failed");
      }
    }
    System.exit(0);
  }

  private static void fill(KafkaConnection connection, int rollouts) throws InterruptedException {
    Topics topics = connection.topics();
    AtomicLong nextBatch = new AtomicLong();
    Workers.run(
        WRITERS,
        "writer",
        stopped -> {
          try (KafkaProducer<String, Object> producer = connection.producer()) {
            SplittableRandom random = new SplittableRandom(7);
            for (long batch = nextBatch.getAndIncrement();
                batch * BATCH < rollouts && !stopped.getAsBoolean();
                batch = nextBatch.getAndIncrement()) {
              int size = (int) Math.min(BATCH, rollouts - batch * BATCH);
              for (int i = 0; i < size; i++) {
                write(producer, topics, batch, i, random);
              }
            }
          }
        });
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (long batch = 0; batch * BATCH < rollouts; batch++) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < Math.min(BATCH, rollouts - batch * BATCH); i++) {
          ids.add(requestId(batch, i) + "/0");
        }
        producer.send(
            new ProducerRecord<>(
                topics.trainingMetrics().name(),
                0,
                topics.prefix() + "ppo",
                StepMetrics.newBuilder()
                    .setRunId(topics.prefix() + "ppo")
                    .setObjective("ppo")
                    .setVersion(new WeightVersion(0, batch + 1))
                    .setValues(Map.of("loss", 0.5))
                    .setRolloutIds(ids)
                    .setMeasuredAt(Instant.now())
                    .build()));
      }
    }
  }

  private static String requestId(long batch, int index) {
    return "prompt-" + (batch * BATCH + index) % 4096 + "/" + (batch * BATCH + index) / 4096;
  }

  private static void write(
      KafkaProducer<String, Object> producer,
      Topics topics,
      long batch,
      int index,
      SplittableRandom random) {
    String requestId = requestId(batch, index);
    List<Integer> prompt = tokens(PROMPT_TOKENS, random);
    SamplingSettings sampling =
        SamplingSettings.newBuilder()
            .setTemperature(1)
            .setMaxNewTokens(TOKENS)
            .setSeed(random.nextLong())
            .build();
    String opening = WORDS.substring(0, 50 + random.nextInt(20));
    producer.send(
        new ProducerRecord<>(
            topics.rolloutRequests().name(),
            requestId,
            RolloutRequest.newBuilder()
                .setRequestId(requestId)
                .setPromptId(requestId.substring(0, requestId.indexOf('/')))
                .setPromptText(opening)
                .setPromptTokenIds(prompt)
                .setSampling(sampling)
                .setSamples(1)
                .setMinimumVersion(new WeightVersion(0, Math.max(0, batch - 1)))
                .setSequence(batch * BATCH + index)
                .setCreatedAt(Instant.now())
                .build()));
    Rollout rollout =
        Rollout.newBuilder()
            .setRolloutId(requestId + "/0")
            .setRequestId(requestId)
            .setPromptId(requestId.substring(0, requestId.indexOf('/')))
            .setSampleIndex(0)
            .setPromptText(opening)
            .setPromptTokenIds(prompt)
            .setResponseText(WORDS.substring(random.nextInt(30)))
            .setResponseTokenIds(tokens(TOKENS, random))
            .setBehaviorLogProbabilities(floats(random))
            .setSampling(sampling)
            .setSegments(List.of(new VersionSegment(new WeightVersion(0, batch), 0, TOKENS)))
            .setFinishReason(FinishReason.LENGTH)
            .setWorkerId("worker")
            .setStartedAt(Instant.now())
            .setFinishedAt(Instant.now())
            .build();
    producer.send(new ProducerRecord<>(topics.rollouts().name(), requestId, rollout));
    producer.send(
        new ProducerRecord<>(
            topics.scoredRollouts().name(),
            0,
            requestId,
            ScoredRollout.newBuilder()
                .setRollout(rollout)
                .setScore((float) random.nextDouble())
                .setRewardModelVersion(new WeightVersion(0, 0L))
                .setReferenceLogProbabilities(floats(random))
                .setKl(floats(random))
                .setScoredAt(Instant.now())
                .build()));
  }

  private static List<Integer> tokens(int count, SplittableRandom random) {
    return random.ints(count, 0, 32_000).boxed().toList();
  }

  private static List<Float> floats(SplittableRandom random) {
    List<Float> floats = new ArrayList<>();
    for (int i = 0; i < TOKENS; i++) {
      floats.add((float) -random.nextDouble());
    }
    return floats;
  }

  private static void read(String broker, String registry, long rollouts) throws Exception {
    KafkaConnection connection =
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers",
                    broker,
                    "connection.schema-registry-url",
                    registry)));
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    for (int round = 1; round <= ROUNDS; round++) {
      long processorBefore = system.getProcessCpuTime();
      Audit audit = new Audit(connection);
      Account account = audit.account();
      if (!account.balances() || account.count(Account.Stage.LEARNED) != rollouts) {
        for (Problem problem : Problem.values()) {
          account.told(problem, 3).forEach(System.out::println);
        }
        throw new IOException(
            "the account does not balance: " + account.count(Account.Stage.LEARNED));
      }
      AuditFigures figures = audit.figures();
      double seconds = figures.readSeconds() + figures.countSeconds();
      System.out.printf(
          Locale.ROOT,
          "round %d: %,.0f rollouts/s: %,d records, %,.0f MB, read in %.1f s, counted in %.1f s;"
              + " %.1f s of processor here; temporary file %,.0f MB%n",
          round,
          rollouts / seconds,
          figures.records(),
          figures.bytes() / 1e6,
          figures.readSeconds(),
          figures.countSeconds(),
          (system.getProcessCpuTime() - processorBefore) / 1e9,
          figures.fileBytes() / 1e6);
    }
    long heap = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      heap += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
    }
    System.out.printf(
        Locale.ROOT,
        "peak heap %,.0f MB of %,.0f, garbage included; peak resident memory %s%n",
        heap / 1e6,
        Runtime.getRuntime().maxMemory() / 1e6,
        peakResident());
  }

  private static String peakResident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return String.format(
            Locale.ROOT, "%,.0f MB", Long.parseLong(line.replaceAll("\\D", "")) / 1e3);
      }
    }
    return "unknown";
  }
}
