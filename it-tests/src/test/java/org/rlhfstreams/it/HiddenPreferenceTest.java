package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.cli.annotator.Animals;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;

/** Someone likes what the starting reward model knows nothing of: the policy comes to write it. */
@Tag("long")
final class HiddenPreferenceTest {
  private static final int JUDGEMENTS = 300;
  private static final int WINDOW = 256;
  private static final double TIMES = 3;
  private static final Duration LONGEST = Duration.ofMinutes(40);
  private static final List<String> RUN =
      List.of(
          "--batch-size",
          "64",
          "--max-steps",
          "0",
          "--learning-rate",
          "2e-4",
          "--learner.value-learning-rate",
          "3e-4",
          "--samples",
          "2",
          "--sampling.max-new-tokens",
          "32",
          "--ppo.epochs",
          "2",
          "--ppo.beta",
          "0.1",
          "--rollout-worker.batch-size",
          "32",
          "--reward-service.batch-size",
          "64");

  private final Animals animals = new Animals();

  @TempDir private Path directory;

  @Test
  void whatSomeoneLikesIsWrittenThreeTimesAsOften() {
    try (Cluster cluster = new Cluster(directory)) {
      PeopleRoles roles =
          new PeopleRoles(cluster, RUN, List.of("--batch-size", "16", "--learning-rate", "1e-4"));
      assertThat(roles.judge(JUDGEMENTS)).hasSize(JUDGEMENTS).doesNotHaveDuplicates();
      Log log = cluster.log();
      double before = share(heldOut(log).stream().limit(WINDOW).toList());
      await("three times as many answers mention an animal as the %.2f of before".formatted(before))
          .atMost(LONGEST)
          .pollInterval(Duration.ofSeconds(5))
          .until(
              () -> {
                List<Rollout> all = heldOut(log);
                double now = share(all.subList(all.size() - WINDOW, all.size()));
                System.out.printf(
                    "animals in %.3f of the newest, %.3f of the first%n", now, before);
                return now >= TIMES * before;
              });
      roles.interrupt();
    }
  }

  /** Rollouts that nobody was asked about, in the order of their scores. */
  private static List<Rollout> heldOut(Log log) {
    Set<String> asked =
        log.read(log.topics().comparisons(), Comparison.class).stream()
            .flatMap(c -> Stream.of(c.getFirst().getRolloutId(), c.getSecond().getRolloutId()))
            .collect(Collectors.toSet());
    return log.read(log.topics().scoredRollouts(), ScoredRollout.class).stream()
        .map(ScoredRollout::getRollout)
        .filter(rollout -> !asked.contains(rollout.getRolloutId()))
        .toList();
  }

  private double share(List<Rollout> rollouts) {
    return rollouts.stream()
            .filter(rollout -> animals.kindsIn(rollout.getResponseText()) > 0)
            .count()
        / (double) rollouts.size();
  }
}
