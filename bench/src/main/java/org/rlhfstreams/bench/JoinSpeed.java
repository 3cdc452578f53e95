package org.rlhfstreams.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.rlhfstreams.common.files.FileOperations;
import org.rlhfstreams.controller.TopologyProperties;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.FinishReason;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.ScoreRules;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.topology.scores.ScoresListener;
import org.rlhfstreams.topology.scores.ScoresSettings;
import org.rlhfstreams.topology.scores.ScoresTopology;

/**
 * Rollouts a second that meet two rewards and the reference, exactly once, from an embedded broker
 * that has them all: 64 tokens each, each scorer some hundred rollouts behind. Told are the rate
 * from the start of the topology until all scored rollouts are committed, and, of those after the
 * first third (the compilers' own), the rate, that of the joining thread's processor time and that
 * of the process's, the broker included.
 */
public final class JoinSpeed {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final int PARTITIONS = 4;
  private static final int TOKENS = 64;
  private static final int PROMPT_TOKENS = 32;
  private static final int VOCABULARY = 32_000;

  /** Rollouts that each scorer is behind. */
  private static final Map<String, Integer> BEHIND =
      Map.of("helpful", 200, "right", 20, ScoreRules.REFERENCE, 400);

  private JoinSpeed() {}

  /** Argument: rollouts. */
  public static void main(String[] arguments) throws Exception {
    int rollouts = Integer.parseInt(arguments[0]);
    EventSerdes.trustEvents();
    Path directory = Files.createTempDirectory("join");
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      KafkaConnection connection =
          new KafkaConnection(
              RlhfConfiguration.of(
                  Map.of(
                      "connection.bootstrap-servers", stack.bootstrapServers(),
                      "connection.schema-registry-url", stack.schemaRegistryUrl(),
                      "topics.partitions", String.valueOf(PARTITIONS))));
      fill(connection, rollouts);
      measure(connection, directory.resolve("state"), rollouts);
    } finally {
      FileOperations.ofDisk().deleteTree(directory);
    }
    System.exit(0);
  }

  /** Writes rollouts and scores in the order of their timestamps, which is that of the join. */
  private static void fill(KafkaConnection connection, int rollouts)
      throws ExecutionException, InterruptedException {
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    Topics topics = connection.topics();
    SplittableRandom random = new SplittableRandom(7);
    int last = BEHIND.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (int i = 0; i < rollouts + last; i++) {
        if (i < rollouts) {
          send(producer, topics.rollouts().name(), i, i, rollout(i, random));
        }
        for (Map.Entry<String, Integer> scorer : BEHIND.entrySet()) {
          int of = i - scorer.getValue();
          if (of >= 0 && of < rollouts) {
            send(producer, topics.scores().name(), of, i, score(of, scorer.getKey(), random));
          }
        }
      }
    }
  }

  private static void send(
      KafkaProducer<String, Object> producer, String topic, int rollout, int time, Object event) {
    producer.send(
        new ProducerRecord<>(
            topic, rollout % PARTITIONS, 1_000L + time, "prompt-" + rollout + "/0", event));
  }

  private static Rollout rollout(int i, SplittableRandom random) {
    String requestId = "prompt-" + i + "/0";
    return Rollout.newBuilder()
        .setRolloutId(requestId + "/0")
        .setRequestId(requestId)
        .setPromptId("prompt-" + i)
        .setSampleIndex(0)
        .setPromptText("Once upon a time there was a fox. ".repeat(4))
        .setPromptTokenIds(random.ints(PROMPT_TOKENS, 1, VOCABULARY).boxed().toList())
        .setResponseText("It lived in a forest and liked to run. ".repeat(7))
        .setResponseTokenIds(random.ints(TOKENS, 1, VOCABULARY).boxed().toList())
        .setBehaviorLogProbabilities(floats(random))
        .setSampling(
            SamplingSettings.newBuilder()
                .setTemperature(1f)
                .setTopK(0)
                .setTopP(1f)
                .setMaxNewTokens(TOKENS)
                .setSeed(7L)
                .build())
        .setSegments(List.of(new VersionSegment(new WeightVersion(0, 3L), 0, TOKENS)))
        .setFinishReason(FinishReason.LENGTH)
        .setWorkerId("worker-0")
        .setStartedAt(Instant.EPOCH)
        .setFinishedAt(Instant.EPOCH)
        .setMetadata(Map.of("answer", "42"))
        .build();
  }

  private static Score score(int i, String scorer, SplittableRandom random) {
    return Score.newBuilder()
        .setRolloutId("prompt-" + i + "/0/0")
        .setRequestId("prompt-" + i + "/0")
        .setScorer(scorer)
        .setScorerVersion("0.3")
        .setValue(random.nextDouble())
        .setTokenValues(scorer.equals(ScoreRules.REFERENCE) ? floats(random) : null)
        .setScoredAt(Instant.EPOCH)
        .build();
  }

  private static List<Float> floats(SplittableRandom random) {
    List<Float> floats = new ArrayList<>();
    for (int i = 0; i < TOKENS; i++) {
      floats.add((float) -random.nextDouble());
    }
    return floats;
  }

  /** Counts what is joined, and looks at its thread's clock at a third and at the end. */
  private static final class Stopwatch implements ScoresListener {
    private final long first;
    private final long all;
    private final AtomicLong joined = new AtomicLong();
    private final CountDownLatch done = new CountDownLatch(1);
    private final long started = System.nanoTime();
    private long processorAtFirst;
    private long processAtFirst;
    private long atFirst;
    private long processor;
    private long process;
    private long wall;

    Stopwatch(long all) {
      this.first = all / 3;
      this.all = all;
    }

    @Override
    public void joined() {
      long count = joined.incrementAndGet();
      if (count == first) {
        processorAtFirst = THREADS.getCurrentThreadCpuTime();
        processAtFirst = PROCESS.getProcessCpuTime();
        atFirst = System.nanoTime();
      } else if (count == all) {
        processor = THREADS.getCurrentThreadCpuTime() - processorAtFirst;
        process = PROCESS.getProcessCpuTime() - processAtFirst;
        wall = System.nanoTime() - atFirst;
        done.countDown();
      }
    }
  }

  private static void measure(KafkaConnection connection, Path state, int rollouts)
      throws IOException, InterruptedException, ExecutionException {
    StreamsBuilder builder = new StreamsBuilder();
    Stopwatch stopwatch = new Stopwatch(rollouts);
    ScoresTopology.build(
        builder,
        connection.topics(),
        connection.serdes(),
        new ScoresSettings(List.of("helpful", "right"), List.of(), Duration.ofHours(1), Map.of()),
        stopwatch);
    double whole;
    try (KafkaStreams streams =
        new KafkaStreams(builder.build(), TopologyProperties.of(connection, state))) {
      streams.start();
      stopwatch.done.await();
      awaitCommitted(connection);
      whole = (System.nanoTime() - stopwatch.started) / 1e9;
    }
    double counted = rollouts - stopwatch.first;
    System.out.printf(
        Locale.ROOT,
        "%s%njoin %,d rollouts of %d tokens with %d scores each: %,.0f rollouts/s from the start of"
            + " the topology to the last commit; after the first third %,.0f/s, %,.0f/s and core of"
            + " the joining thread, %,.0f/s and core of all threads, the broker's too%n",
        ProcessorName.text(),
        rollouts,
        TOKENS,
        BEHIND.size(),
        rollouts / whole,
        counted / (stopwatch.wall / 1e9),
        counted / (stopwatch.processor / 1e9),
        counted / (stopwatch.process / 1e9));
  }

  private static void awaitCommitted(KafkaConnection connection)
      throws InterruptedException, ExecutionException {
    TopicPartition partition = new TopicPartition(connection.topics().scoredRollouts().name(), 0);
    try (Admin admin = connection.admin()) {
      while (end(admin, partition, IsolationLevel.READ_COMMITTED)
          < end(admin, partition, IsolationLevel.READ_UNCOMMITTED)) {
        Thread.sleep(5);
      }
    }
  }

  private static long end(Admin admin, TopicPartition partition, IsolationLevel isolation)
      throws InterruptedException, ExecutionException {
    return admin
        .listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(isolation))
        .partitionResult(partition)
        .get()
        .offset();
  }
}
