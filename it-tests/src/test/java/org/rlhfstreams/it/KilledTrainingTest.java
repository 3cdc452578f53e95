package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.ScoredRollout;

/**
 * A learner that is killed again and again ends where an undisturbed one does. {@code -Dkills=10}
 * kills it ten times in 200 steps.
 */
final class KilledTrainingTest {
  private static final int KILLS = Integer.getInteger("kills", 1);
  private static final int STEPS_A_KILL = 20;
  private static final int STEPS = KILLS * STEPS_A_KILL;
  private static final String BATCH = "4";

  @TempDir private Path directory;

  @Test
  void directPreferenceOptimisationKilledAgainAndAgainGivesTheSameWeights() throws IOException {
    Path data = pairs();
    Path undisturbed = directory.resolve("undisturbed");
    try (RlhfProcess run = train(data, undisturbed)) {
      assertThat(run.awaitExit()).isZero();
    }

    Path killed = directory.resolve("killed");
    killAgainAndAgain(() -> train(data, killed));

    assertThat(weights(killed, "model")).isEqualTo(weights(undisturbed, "model"));
    assertThat(weights(killed, "best")).isEqualTo(weights(undisturbed, "best"));
    assertThat(Files.readAllLines(killed.resolve("metrics.jsonl"))).hasSize(STEPS);
  }

  @Test
  void proximalPolicyOptimisationOnRecordedRolloutsToo() throws IOException {
    try (Cluster cluster = new Cluster(directory)) {
      List<ScoredRollout> recorded = record(cluster);
      for (String prefix : List.of("undisturbed.", "killed.")) {
        assertThat(cluster.start("topics", "create", "--topic-prefix", prefix).awaitExit())
            .isZero();
        Log log = cluster.log(prefix);
        log.writeAll(log.topics().scoredRollouts(), recorded);
      }
      try (RlhfProcess run = learn(cluster, "undisturbed.")) {
        assertThat(run.awaitExit()).isZero();
      }
      killAgainAndAgain(() -> learn(cluster, "killed."));
    }
    Path undisturbed = lastCheckpoint("undisturbed.");
    Path killed = lastCheckpoint("killed.");
    try (Stream<Path> files = Files.walk(undisturbed)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(killed.resolve(undisturbed.relativize(file))).hasSameBinaryContentAs(file);
      }
    }
  }

  /** Rollouts of a worker and scores of a reward service, enough for all steps. */
  private List<ScoredRollout> record(Cluster cluster) throws IOException {
    Path prompts = directory.resolve("prompts.txt");
    Files.write(
        prompts, IntStream.range(0, 50).mapToObj(i -> "Once there were " + i + " foxes.").toList());
    assertThat(cluster.start("topics", "create").awaitExit()).isZero();
    assertThat(cluster.start("prompts", "import", prompts.toString()).awaitExit()).isZero();
    String[] same = {
      "--batch-size",
      BATCH,
      "--max-steps",
      String.valueOf(STEPS),
      "--admission.staleness",
      String.valueOf(STEPS),
      "--sampling.max-new-tokens",
      "8"
    };
    Log log = cluster.log();
    try (RlhfProcess controller = cluster.start(role("controller", same));
        RlhfProcess reward = cluster.start(role("reward-service", same));
        RlhfProcess worker = cluster.start(role("rollout-worker", same));
        RlhfProcess learner = cluster.start(role("learner", same))) {
      learner.awaitLine("started"); // it states the run, and its first weights are sampled from
      int wanted = STEPS * Integer.parseInt(BATCH);
      await("the rollouts are recorded")
          .atMost(Duration.ofMinutes(2))
          .until(() -> scored(log).size() >= wanted);
      learner.interrupt();
      assertThat(learner.awaitExit()).isIn(0, 130); // it may have come to its last step
      for (RlhfProcess role : List.of(controller, reward, worker)) {
        role.interrupt();
        assertThat(role.awaitExit()).isEqualTo(130);
      }
    }
    return scored(log);
  }

  private static List<ScoredRollout> scored(Log log) {
    return log.read(log.topics().scoredRollouts(), ScoredRollout.class);
  }

  private static String[] role(String name, String... arguments) {
    return Stream.concat(Stream.of(name), Stream.of(arguments)).toArray(String[]::new);
  }

  private RlhfProcess learn(Cluster cluster, String prefix) {
    return cluster.start(
        "learner",
        "--topic-prefix",
        prefix,
        "--batch-size",
        BATCH,
        "--max-steps",
        String.valueOf(STEPS),
        "--ppo.epochs",
        "2",
        "--admission.staleness",
        String.valueOf(STEPS), // all were recorded before the first step
        "--learner.checkpoint-every",
        "7",
        "--learner.checkpoint-directory",
        checkpoints(prefix).toString(),
        "--learner.output",
        directory.resolve(prefix + "output").toString());
  }

  private Path checkpoints(String prefix) {
    return directory.resolve(prefix + "checkpoints");
  }

  private Path lastCheckpoint(String prefix) throws IOException {
    try (Stream<Path> folders = Files.list(checkpoints(prefix))) {
      return folders.max(Comparator.naturalOrder()).orElseThrow();
    }
  }

  /** Kills what is started at random steps, each time starts it again, and sees it end. */
  private static void killAgainAndAgain(Supplier<RlhfProcess> start) {
    Random random = new Random(7);
    int step = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      step += 1 + random.nextInt(STEPS_A_KILL);
      try (RlhfProcess run = start.get()) {
        run.awaitLine(String.format(Locale.ROOT, "^step (%d|%d)/%d ", step, step + 1, STEPS));
        run.kill();
      }
      step = Math.max(0, step - 5);
    }
    try (RlhfProcess run = start.get()) {
      assertThat(run.awaitExit()).isZero();
    }
  }

  private RlhfProcess train(Path data, Path output) {
    return RlhfProcess.start(
        directory,
        "train",
        "dpo",
        "--model",
        Repository.starter().toString(),
        "--data",
        data.toString(),
        "--output",
        output.toString(),
        "--batch-size",
        "2",
        "--max-steps",
        String.valueOf(STEPS),
        "--evaluate-every",
        "20",
        "--learner.validation-share",
        "0.1",
        "--learner.checkpoint-every",
        "7");
  }

  private Path pairs() throws IOException {
    Path file = directory.resolve("pairs.jsonl");
    Path all = Repository.root().resolve("data").resolve("comparisons-valid.jsonl.gz");
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(all)), StandardCharsets.UTF_8))) {
      List<String> few = lines.lines().limit(100).toList();
      return Files.write(file, few);
    }
  }

  private static byte[] weights(Path output, String model) throws IOException {
    return Files.readAllBytes(output.resolve(model).resolve("model.safetensors"));
  }
}
