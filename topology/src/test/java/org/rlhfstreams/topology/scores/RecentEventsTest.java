package org.rlhfstreams.topology.scores;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.topology.PeopleEvents;

/** Decoded events are kept as long as there is room, the newest rollouts first. */
final class RecentEventsTest {
  private final RecentEvents recent = new RecentEvents(100);

  private static Rollout rollout(String prompt) {
    return PeopleEvents.scored(prompt, 0, new WeightVersion(0, 0L), 0, "text").getRollout();
  }

  private static Score score(Rollout rollout) {
    return Score.newBuilder()
        .setRolloutId(rollout.getRolloutId())
        .setRequestId(rollout.getRequestId())
        .setScorer("helpful")
        .setValue(1.0)
        .setScoredAt(Instant.EPOCH)
        .build();
  }

  @Test
  void theOldestMakesRoomWithAllThatBelongsToIt() {
    Rollout first = rollout("a");
    Rollout second = rollout("b");
    recent.keep(first, 30);
    recent.keep(score(first), 20);
    recent.keep(second, 50);
    assertThat(recent.rollout("a/0/0")).containsSame(first);
    recent.keep(score(second), 1);
    assertThat(recent.rollout("a/0/0")).isEmpty();
    assertThat(recent.score("a/0/0", "helpful")).isEmpty();
    assertThat(recent.rollout("b/0/0")).containsSame(second);
    assertThat(recent.score("b/0/0", "helpful")).isPresent();
    assertThat(recent.score("b/0/0", "right")).isEmpty();
  }

  @Test
  void whatIsForgottenMakesRoomToo() {
    Rollout first = rollout("a");
    Rollout second = rollout("b");
    recent.keep(first, 60);
    recent.forget("a/0/0");
    recent.forget("a/0/0");
    assertThat(recent.rollout("a/0/0")).isEmpty();
    recent.keep(second, 100);
    assertThat(recent.rollout("b/0/0")).containsSame(second);
    recent.keep(first, 101); // more than there can be room for
    assertThat(recent.rollout("a/0/0")).isEmpty();
  }
}
