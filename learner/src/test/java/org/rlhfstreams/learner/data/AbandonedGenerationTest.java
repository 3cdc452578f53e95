package org.rlhfstreams.learner.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;

final class AbandonedGenerationTest {
  private static final List<AbandonedGeneration> ONCE = AbandonedGeneration.after(List.of(), 0, 3);

  private static WeightVersion version(int generation, long step) {
    return new WeightVersion(generation, step);
  }

  private static boolean isLearned(List<AbandonedGeneration> abandoned, WeightVersion... versions) {
    Rollout rollout = new Rollout();
    List<VersionSegment> segments = new ArrayList<>();
    for (int i = 0; i < versions.length; i++) {
      segments.add(new VersionSegment(versions[i], i, i + 1));
    }
    rollout.put("segments", segments);
    return AbandonedGeneration.problem(rollout, abandoned).isEmpty();
  }

  @Test
  void whatTheOldGenerationWroteUpToTheStepIsLearnedAndNoMore() {
    assertThat(isLearned(List.of(), version(0, 9))).isTrue();
    assertThat(isLearned(ONCE, version(0, 0))).isTrue();
    assertThat(isLearned(ONCE, version(0, 3))).isTrue();
    assertThat(isLearned(ONCE, version(0, 4))).isFalse();
    assertThat(isLearned(ONCE, version(1, 6))).isTrue();
  }

  @Test
  void oneTokenOfAbandonedWeightsIsEnough() {
    assertThat(isLearned(ONCE, version(0, 2), version(0, 3))).isTrue();
    assertThat(isLearned(ONCE, version(0, 3), version(0, 4))).isFalse();
    assertThat(isLearned(ONCE, version(0, 4), version(1, 6))).isFalse();
    assertThat(isLearned(ONCE, version(0, 3), version(1, 6))).isTrue();
  }

  @Test
  void aSecondRollbackThatGoesFurtherBackTakesTheFirstAlong() {
    List<AbandonedGeneration> further = AbandonedGeneration.after(ONCE, 1, 2);
    assertThat(isLearned(further, version(0, 2))).isTrue();
    assertThat(isLearned(further, version(0, 3))).isFalse();
    assertThat(isLearned(further, version(1, 6))).isFalse();
    assertThat(isLearned(further, version(2, 8))).isTrue();

    List<AbandonedGeneration> lessFar = AbandonedGeneration.after(ONCE, 1, 6);
    assertThat(isLearned(lessFar, version(0, 3))).isTrue();
    assertThat(isLearned(lessFar, version(0, 4))).isFalse();
    assertThat(isLearned(lessFar, version(1, 6))).isTrue();
    assertThat(isLearned(lessFar, version(1, 7))).isFalse();
  }
}
