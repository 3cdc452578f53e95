package org.rlhfstreams.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Judgement;

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
      PeopleRoles roles = new PeopleRoles(cluster, List.of(), RUN, List.of("--batch-size", "4"));
      assertThat(MetricsPage.of(roles.rewardService())).containsAll(MetricsTable.read().people());
      List<String> judged = roles.judge(JUDGEMENTS, Duration.ofMillis(50));
      Log log = cluster.log();
      assertThat(log.read(log.topics().judgements(), Judgement.class))
          .extracting(Judgement::getJudgementId)
          .containsExactlyElementsOf(judged);

      await("a policy has learned from a score of a reward model that learned from people")
          .atMost(LONGEST)
          .until(() -> JudgementChain.isWhole(log));
      JudgementChain.assertTraced(cluster, JudgementChain.firstLearned(log));
      roles.interrupt();
    }
  }
}
