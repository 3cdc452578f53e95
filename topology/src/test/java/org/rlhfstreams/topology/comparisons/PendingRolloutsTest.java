package org.rlhfstreams.topology.comparisons;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.WeightVersion;

final class PendingRolloutsTest {
  private static PendingRollouts pending(int perPrompt, int inAll) {
    return new PendingRollouts(
        new ComparisonSettings(
            9,
            PairedVersions.ANY,
            0,
            new ComparisonExpiry(100),
            1,
            List.of(),
            0,
            perPrompt,
            inAll));
  }

  private static PendingRollout rollout(String prompt, int number, long step, double score) {
    return new PendingRollout(
        prompt + "/" + number, prompt, "text " + number, new WeightVersion(0, step), score);
  }

  @Test
  void theOldestOfAPromptLeavesAndTakesItsPairsAlong() {
    PendingRollouts pending = pending(2, 100);
    assertThat(pending.add(rollout("p", 0, 1, 5))).isEmpty();
    assertThat(pending.add(rollout("p", 1, 2, 5))).isEmpty();
    assertThat(pending.best(Lane.CLOSE)).map(CandidatePair::comparisonId).contains("p/0|p/1");
    assertThat(pending.add(rollout("p", 2, 3, 9))).containsExactly("p/0");
    assertThat(pending.best(Lane.CLOSE)).map(CandidatePair::comparisonId).contains("p/1|p/2");
    assertThat(pending.add(rollout("p", 3, 1, 9))).containsExactly("p/3");
  }

  @Test
  void theOldestOfAllLeavesWhenThereAreTooMany() {
    PendingRollouts pending = pending(5, 3);
    pending.add(rollout("a", 0, 2, 0));
    pending.add(rollout("b", 0, 1, 0));
    pending.add(rollout("c", 0, 3, 0));
    assertThat(pending.add(rollout("d", 0, 4, 0))).containsExactly("b/0");
    assertThat(pending.size()).isEqualTo(3);
  }

  @Property(tries = 100)
  void theBestPairIsTheClosestOfAllWhateverTheOrder(
      @ForAll @IntRange(min = 2, max = 20) int count, @ForAll @LongRange long seed) {
    Random random = new Random(seed);
    List<PendingRollout> rollouts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rollouts.add(rollout("p" + random.nextInt(3), i, random.nextInt(9), random.nextInt(100)));
    }
    Optional<Double> closest = Optional.empty();
    for (PendingRollout one : rollouts) {
      for (PendingRollout other : rollouts) {
        if (!one.equals(other) && one.prompt().equals(other.prompt())) {
          double margin = Math.abs(one.score() - other.score());
          closest = closest.filter(known -> known < margin).or(() -> Optional.of(margin));
        }
      }
    }
    PendingRollouts inOrder = pending(100, 100);
    rollouts.forEach(inOrder::add);
    PendingRollouts shuffled = pending(100, 100);
    Collections.shuffle(rollouts, random);
    rollouts.forEach(shuffled::add);
    assertThat(inOrder.best(Lane.CLOSE).map(pair -> -pair.usefulness())).isEqualTo(closest);
    assertThat(shuffled.best(Lane.CLOSE)).isEqualTo(inOrder.best(Lane.CLOSE));
    rollouts.forEach(rollout -> shuffled.remove(rollout.rolloutId()));
    assertThat(shuffled.best(Lane.CLOSE)).isEmpty();
    assertThat(shuffled.size()).isZero();
  }
}
