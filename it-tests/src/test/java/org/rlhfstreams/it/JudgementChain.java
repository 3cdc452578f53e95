package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;

/** The way from a click to the policy, as the log has it. */
final class JudgementChain {
  private JudgementChain() {}

  /** Whether a policy has learned from a score of a reward model that learned from people. */
  static boolean isWhole(Log log) {
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

  /** A judgement in a preference that the first step of the reward model learned from. */
  static String firstLearned(Log log) {
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
    return log.read(log.topics().judgements(), Judgement.class).stream()
        .filter(answer -> answer.getComparisonId().equals(comparison))
        .findFirst()
        .orElseThrow()
        .getJudgementId();
  }

  /** {@code rlhf trace} follows a judgement all the way. */
  static void assertTraced(Cluster cluster, String judgementId) {
    RlhfProcess trace = cluster.start("trace", judgementId);
    assertThat(trace.awaitExit()).isZero();
    assertThat(trace.output())
        .containsSubsequence(
            "judged", "preference", "learned", "reward model", "scored", "learned", "policy");
  }
}
