package org.rlhfstreams.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.rlhfstreams.it.Log;
import org.rlhfstreams.it.Repository;
import org.rlhfstreams.it.RlhfProcess;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.access.GroupNames;

/**
 * A run of every role in a process of its own, and beside it a learner on recorded pairs, struck by
 * disasters that follow from a seed. After each the run has to learn a step again before the next.
 */
final class ChaosRun implements AutoCloseable {
  static final int STALENESS = 2;
  static final int BATCH = 16;
  static final String ONLINE = "rlhf.";
  static final String STRUCK = "struck.";
  static final String CALM = "calm.";

  static final String LEARNER = "learner";
  private static final String PAIRS = "learner of pairs";
  private static final List<String> SERVING =
      List.of("controller", "people", "scorer-1", "scorer-2", "worker-1", "worker-2");
  static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration LONGEST_PAIR_STEP = Duration.ofSeconds(2);
  private static final int DISK_MEGABYTES = 400;

  /** Time-outs that a pause can outlast within a run. */
  private static final List<String> TIME_OUTS =
      List.of(
          "--set", "kafka.session.timeout.ms=6000",
          "--set", "kafka.transaction.timeout.ms=10000",
          "--set", "kafka.max.poll.interval.ms=12000");

  private final Path directory;
  private final int disasters;
  private final int hostileEach;
  private final Random random;
  private final Diary diary;
  private final ChaosCluster cluster;
  private final Roles roles = new Roles();
  private final HostileRecords hostile;
  private final int pairSteps;
  private final int pages;
  private Optional<SmallDisk> disk = Optional.empty();
  private Blows blows;
  private StepCount steps;
  private Clicks clicks;
  private List<String> accepted = List.of();

  /**
   * @param disasters so many
   * @param hostile records that a stranger writes meanwhile
   * @param pairSteps of the learner on pairs
   * @param output file of what all processes say
   */
  ChaosRun(
      Path directory,
      long seed,
      int disasters,
      int hostile,
      int pairSteps,
      Diary diary,
      Path output)
      throws IOException {
    this.directory = directory;
    this.disasters = disasters;
    this.hostileEach = hostile / disasters;
    this.random = new Random(seed);
    this.pairSteps = pairSteps;
    this.diary = diary;
    Files.deleteIfExists(output);
    List<String> gated = new ArrayList<>(SERVING);
    gated.addAll(List.of(LEARNER, PAIRS));
    this.cluster = new ChaosCluster(directory, line -> append(output, line), gated);
    this.pages = ChaosCluster.freePorts(1)[0];
    this.hostile = new HostileRecords(cluster.bootstrapServers(), topics(), seed);
  }

  private List<String> topics() {
    return cluster.log(ONLINE).topics().all().stream().map(Topic::name).toList();
  }

  private static synchronized void append(Path file, String line) {
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The learner on pairs to its end, with nothing in its way. */
  void calm() throws IOException {
    Path pairs = pairs();
    for (String prefix : List.of(CALM, STRUCK)) {
      require(cluster.run("topics", "create", "--topic-prefix", prefix));
      require(cluster.run("preferences", "import", pairs.toString(), "--topic-prefix", prefix));
    }
    Duration longest = LONGEST.plus(LONGEST_PAIR_STEP.multipliedBy(pairSteps));
    require(cluster.run(longest, pairLearner(CALM).toArray(String[]::new)));
  }

  /** All that is struck, from its start to its end. */
  void struck() throws IOException, InterruptedException {
    Path prompts = directory.resolve("prompts.txt");
    Files.write(
        prompts,
        IntStream.range(0, 200).mapToObj(i -> "Once there were " + i + " foxes.").toList());
    require(cluster.run("topics", "create"));
    require(cluster.run("prompts", "import", prompts.toString()));
    disk = SmallDisk.mount(directory.resolve("disk"), DISK_MEGABYTES);
    Optional<Path> library = FakeClock.library(directory);
    for (String name : SERVING) {
      roles.add(new Role(name, cluster, online(name), clock(library, name)));
    }
    roles.add(new Role(LEARNER, cluster, online(LEARNER), clock(library, LEARNER)));
    roles.add(new Role(PAIRS, cluster, pairLearner(STRUCK), clock(library, PAIRS)));
    clicks = new Clicks("http://127.0.0.1:" + pages);
    steps =
        new StepCount(
            cluster.bootstrapServers(), cluster.log(ONLINE).topics().trainingMetrics().name());
    blows = new Blows(cluster, roles, disk, steps, random);
    steps.awaitAfter(0, () -> roles.lookAfter(new ArrayList<>()));
    List<Disaster> first = new ArrayList<>(Arrays.asList(Disaster.values()));
    Collections.shuffle(first, random);
    for (int i = 0; i < disasters; i++) {
      strike(i + 1, i < first.size() ? first.get(i) : drawn());
    }
    end();
  }

  private Optional<FakeClock> clock(Optional<Path> library, String role) throws IOException {
    return library.isPresent()
        ? Optional.of(FakeClock.of(library.get(), directory.resolve(role + ".clock")))
        : Optional.empty();
  }

  private Disaster drawn() {
    int all = Arrays.stream(Disaster.values()).mapToInt(Disaster::weight).sum();
    int place = random.nextInt(all);
    for (Disaster disaster : Disaster.values()) {
      place -= disaster.weight();
      if (place < 0) {
        return disaster;
      }
    }
    throw new AssertionError(place);
  }

  private void strike(int number, Disaster disaster) throws IOException {
    List<String> notes = new ArrayList<>();
    String running = roles.working(", ");
    long before = steps.now();
    hostile.write(hostileEach);
    long struckAt = System.nanoTime();
    String what = blows.strike(disaster, notes);
    steps.awaitAfter(steps.now(), () -> roles.lookAfter(notes));
    diary.row(number, what, running, before, Duration.ofNanos(System.nanoTime() - struckAt), notes);
  }

  /** Lets all that was admitted be learned, and the learner of pairs come to its end. */
  private void end() throws InterruptedException {
    List<String> notes = new ArrayList<>();
    accepted = clicks.end();
    awaitAllLearned(notes);
    Role pairs = roles.named(PAIRS);
    await("the learner of pairs ends")
        .atMost(Duration.ofMinutes(10))
        .until(
            () -> {
              roles.lookAfter(notes);
              return pairs.isDone();
            });
    notes.forEach(note -> diary.say("%s", note));
    roles.terminate();
  }

  /**
   * While admission is paused, nothing takes the place of a response that came too late, and the
   * last batch remains short of it. Then admission goes on for a step, and pauses again.
   */
  private void awaitAllLearned(List<String> notes) {
    control("pause", notes);
    ChaosOutcome outcome = outcome();
    await("all that was admitted is learned")
        .atMost(LONGEST.multipliedBy(2))
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(
            () -> {
              roles.lookAfter(notes);
              int left = outcome.underWay();
              if (left > 0 && left < BATCH) {
                notes.add(
                    "the last batch had " + left + " responses: admission went on for a step");
                control("resume", notes);
                steps.awaitAfter(steps.now(), () -> roles.lookAfter(notes));
                control("pause", notes);
              }
              assertThat(left).as("admitted, and neither learned from nor too late").isZero();
            });
  }

  /** Until admission has heard it: one that starts again still releases what it read before. */
  private void control(String action, List<String> notes) {
    await("admission is told to " + action)
        .atMost(LONGEST)
        .ignoreExceptions()
        .until(() -> post(action));
    Log log = cluster.log(ONLINE);
    await("admission has heard " + action)
        .atMost(LONGEST)
        .ignoreExceptions()
        .until(
            () -> {
              roles.lookAfter(notes);
              return log.unread(GroupNames.TOPOLOGIES, log.topics().controls()) == 0;
            });
  }

  private boolean post(String action) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + pages + "/api/v1/controls"))
                    .timeout(Duration.ofSeconds(20))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"action\": \"" + action + "\"}"))
                    .build(),
                HttpResponse.BodyHandlers.discarding())
            .statusCode()
        == 202;
  }

  /** What the log says now. */
  ChaosOutcome outcome() {
    return new ChaosOutcome(cluster.log(ONLINE), accepted);
  }

  /** What {@code rlhf audit} says, and its exit code. */
  RlhfProcess audit() {
    return cluster.run("audit");
  }

  HostileRecords hostile() {
    return hostile;
  }

  /** What the learner on pairs ended with: weights, moments and its place in the log. */
  Path lastPairCheckpoint(String prefix) throws IOException {
    try (Stream<Path> kept = Files.list(directory.resolve(prefix + "checkpoints"))) {
      return kept.max(Comparator.naturalOrder()).orElseThrow();
    }
  }

  private List<String> online(String role) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                role.replaceFirst("-\\d$", "")
                    .replace("scorer", "reward-service")
                    .replace("worker", "rollout-worker")));
    arguments.addAll(
        List.of(
            "--batch-size", String.valueOf(BATCH),
            "--max-steps", "0",
            "--sampling.max-new-tokens", "24",
            "--admission.staleness", String.valueOf(STALENESS),
            "--ppo.epochs", "2",
            "--rollout-worker.batch-size", "4",
            "--people.enabled", "true",
            "--people.http-port", String.valueOf(pages),
            "--learner.checkpoint-every", "4",
            "--learner.checkpoint-directory",
                directory.resolve("disk").resolve("checkpoints").toString(),
            "--learner.output", directory.resolve("output-online").toString()));
    if (role.startsWith("worker")) {
      arguments.addAll(List.of("--rollout-worker.worker-id", role));
    }
    arguments.addAll(TIME_OUTS);
    return arguments;
  }

  private List<String> pairLearner(String prefix) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of(
            LEARNER,
            "--topic-prefix",
            prefix,
            "--learner.objective",
            "dpo",
            "--batch-size",
            "4",
            "--max-steps",
            String.valueOf(pairSteps),
            "--learner.checkpoint-every",
            "7",
            "--learner.checkpoint-directory",
            directory.resolve(prefix + "checkpoints").toString(),
            "--learner.output",
            directory.resolve(prefix + "output").toString()));
    arguments.addAll(TIME_OUTS);
    return arguments;
  }

  private Path pairs() throws IOException {
    Path file = directory.resolve("pairs.jsonl");
    Path all = Repository.root().resolve("data").resolve("comparisons-valid.jsonl.gz");
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(all)), StandardCharsets.UTF_8))) {
      return Files.write(file, lines.lines().limit(200).toList());
    }
  }

  private static void require(RlhfProcess command) {
    if (command.awaitExit() != 0) {
      throw new AssertionError("it failed:\n" + command.output());
    }
  }

  @Override
  public void close() throws IOException {
    if (clicks != null) {
      clicks.close();
    }
    roles.close();
    if (steps != null) {
      steps.close();
    }
    cluster.close();
    if (disk.isPresent()) {
      disk.get().close();
    }
  }
}
