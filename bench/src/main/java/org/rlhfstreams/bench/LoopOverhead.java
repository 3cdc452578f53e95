package org.rlhfstreams.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rlhfstreams.cli.run.Cluster;
import org.rlhfstreams.cli.run.DemoSettings;
import org.rlhfstreams.cli.run.PromptImport;
import org.rlhfstreams.cli.run.RunDirectory;
import org.rlhfstreams.controller.ControllerService;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Prompt;
import org.rlhfstreams.learner.LearnerService;
import org.rlhfstreams.reward.RewardService;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.service.access.Role;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.worker.RolloutWorker;

/** The demo's step over Kafka against the same arithmetic called in a row, alternating. */
public final class LoopOverhead {
  private static final int ROUNDS = 4;
  private static final int WARM_UP = 6;
  private static final int TIMED = 12;

  private LoopOverhead() {}

  /** Prints the seconds of a step of each way, and the ratio. */
  public static void main(String[] arguments) throws Exception {
    EventSerdes.trustEvents();
    Path directory = Files.createTempDirectory("loop-overhead");
    double kafka = 0;
    double direct = 0;
    try (EmbeddedStack stack = EmbeddedStack.start(directory.resolve("log"), 0, 0)) {
      for (int round = 0; round < ROUNDS; round++) {
        double overKafka = overKafka(stack, directory, round);
        double inARow = inARow(directory, round);
        boolean counts = round > 0; // the first compiles the code that the others run
        System.out.printf(
            Locale.ROOT,
            (counts ? "" : "(warm-up) ")
                + "round %d: over Kafka %.3f s a step, in a row %.3f s, ratio %.3f%n",
            round + 1,
            overKafka,
            inARow,
            overKafka / inARow);
        kafka += counts ? overKafka : 0;
        direct += counts ? inARow : 0;
      }
    }
    System.out.printf(Locale.ROOT, "ratio of the sums %.3f%n", kafka / direct);
    System.exit(0);
  }

  private static Overrides settings(Path directory, int round) {
    return DemoSettings.of(new RunDirectory(directory.resolve("run" + round)))
        .suggest("connection.topic-prefix", "round" + round + ".")
        .suggest("learner.max-steps", WARM_UP + TIMED);
  }

  private static double overKafka(EmbeddedStack stack, Path directory, int round) throws Exception {
    RlhfConfiguration settings =
        RlhfConfiguration.of(settings(directory, round).suggest(Cluster.address(stack)).settings());
    KafkaConnection connection = Cluster.connect(settings, Role.SETUP, message -> {});
    PromptImport.publish(connection, DemoSettings.prompts()::forEach);
    List<Long> times = new ArrayList<>();
    List<Map<String, Double>> threads = new ArrayList<>();
    try (LearnerService learner =
            LearnerService.start(
                connection,
                report -> {
                  times.add(System.nanoTime());
                  // Not at every step: reading them takes the learner's time.
                  if (times.size() == WARM_UP || times.size() == WARM_UP + TIMED) {
                    threads.add(ThreadTimes.now());
                  }
                });
        ControllerService controller = ControllerService.start(connection);
        RewardService reward = RewardService.start(connection);
        RolloutWorker worker = RolloutWorker.start(connection)) {
      learner.ended().get();
      if (controller.ended().isDone() || reward.ended().isDone() || worker.ended().isDone()) {
        throw new IOException("a role ended early");
      }
    }
    ThreadTimes.print("over Kafka", threads.get(0), threads.get(1), TIMED);
    System.out.printf(
        Locale.ROOT,
        "the thread of the topologies, which joins, admits and counts: %.2f %% of the processor"
            + " time of a step%n",
        100 * ThreadTimes.share(threads.get(0), threads.get(1), "topol"));
    return (times.get(WARM_UP + TIMED - 1) - times.get(WARM_UP - 1)) / 1e9 / TIMED;
  }

  private static double inARow(Path directory, int round) {
    RlhfConfiguration configuration = RlhfConfiguration.of(settings(directory, round).settings());
    List<String> openings = DemoSettings.prompts().stream().map(Prompt::getText).toList();
    try (DirectLoop loop = new DirectLoop(configuration, openings)) {
      for (int i = 0; i < WARM_UP; i++) {
        loop.step();
      }
      Map<String, Double> before = ThreadTimes.now();
      long started = System.nanoTime();
      for (int i = 0; i < TIMED; i++) {
        loop.step();
      }
      long ended = System.nanoTime();
      ThreadTimes.print("in a row", before, ThreadTimes.now(), TIMED);
      return (ended - started) / 1e9 / TIMED;
    }
  }
}
