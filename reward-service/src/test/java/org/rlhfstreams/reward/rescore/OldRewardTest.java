package org.rlhfstreams.reward.rescore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.index.TemporaryIndex;

/** What rollouts were rewarded for, of the scores that the log has. */
final class OldRewardTest {
  @TempDir private Path directory;

  private static OldReward old(String rewards) {
    return OldReward.of(
            RlhfConfiguration.of(Map.of("rewards.list", rewards)).effectiveRewards().all(), "judge")
        .orElseThrow();
  }

  private static Score score(String scorer, String version, Double value) {
    return Score.newBuilder()
        .setRolloutId("a/0")
        .setRequestId("a")
        .setScorer(scorer)
        .setScorerVersion(version)
        .setValue(value)
        .setFailure(value == null ? "no number in it" : null)
        .setScoredAt(Instant.EPOCH)
        .build();
  }

  @Test
  void itIsTheSumThatIsLearnedFromWithoutTheNewScorer() {
    OldReward old =
        old(
            "[{name: helpful, scorer: external}, {name: right, scorer: external, weight: 2, clip: 1},"
                + " {name: brief, scorer: external, weight: -0.5, normalise: batch, clip: 1},"
                + " {name: length, scorer: external, weight: 0},"
                + " {name: judge, scorer: external, weight: 3}]");
    assertThat(old.text()).isEqualTo("helpful + 2 × right + -0.5 × brief");
    assertThat(old.scorers()).containsExactlyInAnyOrder("helpful", "right", "brief");
    try (TemporaryIndex index = TemporaryIndex.open(directory, "test")) {
      KnownScores known = new KnownScores(index, "judge", "2", old.scorers());
      known.note(score("helpful", "", 4.0));
      known.note(score("right", "", 1.5));
      assertThat(old.of(known, "a/0")).as("brief has not scored it").isEmpty();
      known.note(score("brief", "", 6.0));
      known.note(score("length", "", 70.0));
      assertThat(old.of(known, "a/0")).hasValue(4 + 2 * 1.0 - 0.5 * 6);
      known.note(score("helpful", "", 5.0));
      assertThat(old.of(known, "a/0")).as("what it said last").hasValue(5 + 2 * 1.0 - 0.5 * 6);
      assertThat(old.of(known, "b/0")).isEmpty();
    }
  }

  @Test
  void aVersionIsAScorerOfItsOwn() {
    OldReward earlier = OldReward.of("judge");
    try (TemporaryIndex index = TemporaryIndex.open(directory, "test")) {
      KnownScores known = new KnownScores(index, "judge", "2", earlier.scorers());
      known.note(score("judge", "1", 0.25));
      assertThat(known.now("a/0")).isEmpty();
      known.note(score("judge", "2", null));
      assertThat(known.isRefused("a/0")).isTrue();
      assertThat(known.now("a/0")).isEmpty();
      known.note(score("judge", "2", 0.75));
      assertThat(known.now("a/0")).hasValue(0.75);
      assertThat(earlier.of(known, "a/0")).hasValue(0.25);
    }
  }

  @Test
  void withoutAnotherRewardThereIsNone() {
    assertThat(
            OldReward.of(
                RlhfConfiguration.of(
                        Map.of(
                            "rewards.list",
                            "[{name: judge, scorer: external}, {name: length, scorer: external,"
                                + " weight: 0}]"))
                    .effectiveRewards()
                    .all(),
                "judge"))
        .isEmpty();
    assertThat(OldReward.of("helpful").scorers()).isEqualTo(Set.of("helpful"));
  }
}
