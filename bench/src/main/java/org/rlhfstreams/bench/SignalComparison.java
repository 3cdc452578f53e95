package org.rlhfstreams.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.cli.run.DemoSettings;
import org.rlhfstreams.cli.run.PromptImport;
import org.rlhfstreams.cli.run.RunDirectory;
import org.rlhfstreams.common.files.FileOperations;
import org.rlhfstreams.controller.ControllerService;
import org.rlhfstreams.datasets.PromptDataset;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.learner.LearnerService;
import org.rlhfstreams.reward.RewardService;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lineage.Account;
import org.rlhfstreams.service.lineage.Audit;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;
import org.rlhfstreams.worker.RolloutWorker;

/**
 * GRPO with and without dynamic sampling, in turn, where most groups teach nothing: of the prompts
 * of the demo with rules, two thirds ask for an animal that no story names. The reward is whether a
 * story names it. How good a policy is, is told by all stories to the other prompts that were
 * sampled by it, those of groups that were set aside included: what is learned from is a choice.
 */
public final class SignalComparison {
  private static final Path PROMPTS = Path.of("data", "animals-train.jsonl");
  private static final String ANIMAL = "animal";
  private static final String RIGHT = "right";
  private static final String NOBODY = "nobody-says-this";
  private static final double HARD_SHARE = 0.65;
  private static final int STEPS = 16;
  private static final int LAST_STEPS = 4;
  private static final int BATCH = 64;
  private static final int GROUP = 8;
  private static final String RULE =
      "[{name: %s, scorer: contains, settings: {field: %s, ignore-case: true}}]"
          .formatted(RIGHT, ANIMAL);

  private SignalComparison() {}

  /** Argument: seeds. */
  public static void main(String[] arguments) throws Exception {
    int seeds = Integer.parseInt(arguments[0]);
    EventSerdes.trustEvents();
    System.out.println(ProcessorName.text());
    Path directory = Files.createTempDirectory("signal");
    List<Outcome> all = new ArrayList<>();
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      for (int seed = 0; seed < seeds; seed++) {
        for (boolean dynamic : seed % 2 == 0 ? List.of(false, true) : List.of(true, false)) {
          Outcome outcome = run(stack, directory, seed, dynamic);
          System.out.println(outcome.text());
          all.add(outcome);
        }
      }
    } finally {
      FileOperations.ofDisk().deleteTree(directory);
    }
    double before =
        Share.sum(all.stream().map(outcome -> outcome.byVersion().get(0L)).toList()).value();
    System.out.printf(
        Locale.ROOT,
        "share right of the policy that all began with: %.3f; share right over the last %d of %d"
            + " versions, and its rise for each 1,000 rollouts learned from:%n",
        before,
        LAST_STEPS,
        STEPS);
    for (boolean dynamic : List.of(false, true)) {
      print(dynamic, all.stream().filter(one -> one.dynamic() == dynamic).toList(), before);
    }
    System.exit(0);
  }

  private static void print(boolean dynamic, List<Outcome> outcomes, double before) {
    double learned = (STEPS - LAST_STEPS / 2.0 - 0.5) * BATCH;
    List<String> shares = new ArrayList<>();
    double sum = 0;
    for (Outcome outcome : outcomes) {
      double share = outcome.last().value();
      sum += share;
      shares.add(String.format(Locale.ROOT, "%.3f", share));
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %s; mean rise %+.3f for each 1,000 learned%n",
        name(dynamic),
        String.join(", ", shares),
        (sum / outcomes.size() - before) / learned * 1_000);
  }

  private static String name(boolean dynamic) {
    return dynamic ? "with dynamic sampling" : "without";
  }

  /**
   * How many of some stories are right.
   *
   * @param right those that are
   * @param all of them
   */
  private record Share(long right, long all) {
    static final Share NONE = new Share(0, 0);

    Share and(Share other) {
      return new Share(right + other.right, all + other.all);
    }

    static Share sum(List<Share> shares) {
      return shares.stream().reduce(NONE, Share::and);
    }

    double value() {
      return right / (double) all;
    }
  }

  /**
   * What a run came to.
   *
   * @param byVersion stories to prompts that can be answered, by the policy that began them
   * @param alike share of its groups of which all stories earn the same
   */
  private record Outcome(
      int seed,
      boolean dynamic,
      double seconds,
      Map<Long, Share> byVersion,
      double alike,
      Account account) {
    Share last() {
      return Share.sum(
          byVersion.entrySet().stream()
              .filter(entry -> entry.getKey() >= STEPS - LAST_STEPS)
              .map(Map.Entry::getValue)
              .toList());
    }

    String text() {
      long admitted = account.count(Account.Stage.ADMITTED);
      long learned = account.count(Account.Stage.LEARNED);
      long lost = account.dead() - account.setAside();
      long underWay =
          account.waitingForWorkers() + account.waitingForScoring() + account.waitingForLearners();
      return String.format(
          Locale.ROOT,
          "seed %d %s: %.0f s; %.0f %% of the groups alike; %.3f right at the end; admitted %,d ="
              + " learned %,d + set aside %,d + lost %,d + under way at the end %,d%s",
          seed,
          name(dynamic),
          seconds,
          100 * alike,
          last().value(),
          admitted,
          learned,
          account.setAside(),
          lost,
          underWay,
          account.balances() && admitted == learned + account.dead() + underWay
              ? ""
              : ": DOES NOT BALANCE");
    }
  }

  private static List<Prompt> prompts() {
    List<Prompt> prompts = new ArrayList<>();
    new PromptDataset(List.of(PROMPTS), Map.of()).requiring(List.of(ANIMAL)).forEach(prompts::add);
    Collections.shuffle(prompts, new Random(7));
    int hard = (int) Math.round(HARD_SHARE * prompts.size());
    for (int i = 0; i < hard; i++) {
      prompts.set(i, Prompt.newBuilder(prompts.get(i)).setMetadata(Map.of(ANIMAL, NOBODY)).build());
    }
    Collections.shuffle(prompts, new Random(8));
    return prompts;
  }

  private static Outcome run(EmbeddedStack stack, Path directory, int seed, boolean dynamic)
      throws Exception {
    String prefix = "seed" + seed + (dynamic ? "-dynamic." : "-plain.");
    Overrides settings =
        DemoSettings.verifiable(new RunDirectory(directory.resolve(prefix)))
            .suggest("connection.topic-prefix", prefix)
            .suggest("rewards.list", RULE)
            .suggest("critic-free.scale-rewards", "group")
            .suggest("critic-free.dynamic-sampling", dynamic)
            .suggest("sampling.samples", GROUP)
            .suggest("sampling.seed", seed)
            .suggest("learner.seed", seed)
            .suggest("learner.batch-size", BATCH)
            .suggest("learner.max-steps", STEPS)
            .suggest("learner.checkpoint-every", STEPS)
            .suggest(Cluster.address(stack));
    KafkaConnection connection =
        Cluster.connect(RlhfConfiguration.of(settings.settings()), Role.SETUP, message -> {});
    List<Prompt> prompts = prompts();
    PromptImport.publish(connection, prompts::forEach);
    long started = System.nanoTime();
    try (LearnerService learner = LearnerService.start(connection, report -> {});
        ControllerService controller = ControllerService.start(connection);
        RewardService reward = RewardService.start(connection);
        RolloutWorker worker = RolloutWorker.start(connection)) {
      learner.ended().get();
      if (controller.ended().isDone() || reward.ended().isDone() || worker.ended().isDone()) {
        throw new IOException("a role ended early");
      }
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    return outcome(connection, seed, dynamic, seconds);
  }

  private static Outcome outcome(
      KafkaConnection connection, int seed, boolean dynamic, double seconds) throws Exception {
    Map<Long, Share> byVersion = new TreeMap<>();
    Map<String, Set<Double>> values = new HashMap<>();
    try (TopicReader reader =
        TopicReader.ofTopics(
            connection::boundedConsumer, List.of(connection.topics().scoredRollouts().name()))) {
      reader.readToEnd(
          RecordHandler.decoding(
              connection.decoder(ScoredRollout.class),
              (record, scored) -> {
                double right = scored.getScores().get(RIGHT).getValue();
                values
                    .computeIfAbsent(scored.getRollout().getRequestId(), request -> new HashSet<>())
                    .add(right);
                if (!scored.getRollout().getMetadata().get(ANIMAL).equals(NOBODY)) {
                  byVersion.merge(
                      scored.getRollout().getSegments().get(0).getVersion().getStep(),
                      new Share((long) right, 1),
                      Share::and);
                }
              },
              (record, reason) -> {
                throw new IllegalStateException("a scored rollout cannot be read: " + reason);
              }));
    }
    double alike =
        values.values().stream().filter(one -> one.size() == 1).count() / (double) values.size();
    return new Outcome(seed, dynamic, seconds, byVersion, alike, new Audit(connection).account());
  }
}
