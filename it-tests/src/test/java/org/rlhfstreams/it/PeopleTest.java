package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;

/** What a person says reaches the reward model and, through its scores, the policy. */
final class PeopleTest {
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final int JUDGEMENTS = 24;
  private static final List<String> RUN =
      List.of(
          "--batch-size",
          "16",
          "--max-steps",
          "0",
          "--samples",
          "2",
          "--sampling.max-new-tokens",
          "24",
          "--ppo.epochs",
          "1",
          "--rollout-worker.batch-size",
          "8");

  @TempDir private Path directory;

  @Test
  void aJudgementIsFollowedFromTheClickToThePolicy() throws IOException {
    try (Cluster cluster = new Cluster(directory)) {
      PeopleRoles roles = new PeopleRoles(cluster, RUN, List.of("--batch-size", "4"));
      assertThat(MetricsPage.of(roles.rewardService())).containsAll(MetricsTable.read().people());
      List<String> judged = roles.judge(JUDGEMENTS);
      Log log = cluster.log();
      assertThat(log.read(log.topics().judgements(), Judgement.class))
          .extracting(Judgement::getJudgementId)
          .containsExactlyElementsOf(judged);

      await("a policy has learned from a score of a reward model that learned from people")
          .atMost(LONGEST)
          .until(() -> learnedFromPeople(log));
      String learned =
          log.read(log.topics().trainingMetrics(), StepMetrics.class).stream()
              .filter(step -> step.getObjective().equals("reward"))
              .findFirst()
              .orElseThrow()
              .getRolloutIds()
              .get(0);
      String comparison =
          log.read(log.topics().preferences(), Preference.class).stream()
              .filter(preference -> preference.getPreferenceId().equals(learned))
              .findFirst()
              .orElseThrow()
              .getComparisonId();
      String judgement =
          log.read(log.topics().judgements(), Judgement.class).stream()
              .filter(answer -> answer.getComparisonId().equals(comparison))
              .findFirst()
              .orElseThrow()
              .getJudgementId();
      RlhfProcess trace = cluster.start("trace", judgement);
      assertThat(trace.awaitExit()).isZero();
      assertThat(trace.output())
          .containsSubsequence(
              "judged", "preference", "learned", "reward model", "scored", "learned", "policy");
      roles.interrupt();
    }
  }

  private static boolean learnedFromPeople(Log log) {
    Set<String> scored =
        log.read(log.topics().scoredRollouts(), ScoredRollout.class).stream()
            .filter(rollout -> rollout.getRewardModelVersion().getStep() > 0)
            .map(rollout -> rollout.getRollout().getRolloutId())
            .collect(Collectors.toSet());
    return log.read(log.topics().trainingMetrics(), StepMetrics.class).stream()
        .filter(step -> step.getObjective().equals("ppo"))
        .flatMap(step -> step.getRolloutIds().stream())
        .anyMatch(scored::contains);
  }
}
