package org.rlhfstreams.learner.advantage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;

/** Scores on the scale of their reward model's version. */
final class ScoreNormalisationTest {
  private static final int BATCH = 16;

  private final SplittableRandom random = new SplittableRandom(3);

  private static RewardModelVersion version(long step) {
    return new RewardModelVersion(0, step);
  }

  private static List<RewardModelVersion> all(long step) {
    return Collections.nCopies(BATCH, version(step));
  }

  private double[] scores(double mean, double deviation) {
    double[] scores = new double[BATCH];
    Arrays.setAll(scores, i -> mean + deviation * random.nextGaussian());
    return scores;
  }

  @Test
  void theScoresOfOneVersionComeToMeanZeroAndDeviationOne() {
    ScoreNormalisation normalisation = new ScoreNormalisation();
    List<Double> late = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      for (double score : normalisation.normalised(all(1), scores(-40, 7))) {
        late.add(score);
      }
    }
    double mean = late.stream().mapToDouble(d -> d).average().orElseThrow();
    double square = late.stream().mapToDouble(d -> d * d).average().orElseThrow();
    assertThat(mean).isCloseTo(0, within(0.05));
    assertThat(square).isCloseTo(1, within(0.05));
  }

  @Test
  void anotherZeroAndUnitOfAVersionChangeNothingFromItsFirstScoreOn() {
    ScoreNormalisation one = new ScoreNormalisation();
    ScoreNormalisation other = new ScoreNormalisation();
    for (int i = 0; i < 20; i++) {
      int step = i / 7;
      double[] scores = scores(i * 0.1, 1);
      double[] moved =
          step == 1 ? Arrays.stream(scores).map(score -> 10 * score + 100).toArray() : scores;
      List<RewardModelVersion> versions = new ArrayList<>(all(step));
      versions.set(BATCH - 1, version(step + 1)); // the first of the next come among the last
      if (step == 0) {
        moved = moved.clone();
        moved[BATCH - 1] = 10 * moved[BATCH - 1] + 100;
      } else if (step == 1) {
        moved[BATCH - 1] = scores[BATCH - 1];
      }
      assertThat(other.normalised(versions, moved))
          .containsExactly(one.normalised(versions, scores), within(1e-9));
    }
  }

  @Test
  void whatThePolicyHadGainedIsNotForgottenWithANewVersion() {
    ScoreNormalisation normalisation = new ScoreNormalisation();
    double[] last = {};
    for (int i = 0; i < 60; i++) {
      last = normalisation.normalised(all(1), scores(0.05 * i, 1));
    }
    double before = Arrays.stream(last).average().orElseThrow();
    assertThat(before).as("the policy got better").isGreaterThan(0.5);
    double after =
        Arrays.stream(normalisation.normalised(all(2), scores(-300, 50))).average().orElseThrow();
    assertThat(after).isCloseTo(before, within(0.6)).isGreaterThan(0.4);
  }

  @Test
  void fewOrEqualScoresOfANewVersionAreBounded() {
    ScoreNormalisation normalisation = new ScoreNormalisation();
    normalisation.normalised(all(1), scores(0, 1));
    List<RewardModelVersion> versions = new ArrayList<>(all(1));
    versions.set(3, version(2));
    double[] scores = scores(0, 1);
    scores[3] = 1e6;
    assertThat(Math.abs(normalisation.normalised(versions, scores)[3])).isLessThan(1);
    double[] equal = new double[BATCH];
    Arrays.fill(equal, 1e6);
    for (double score : normalisation.normalised(all(2), equal)) {
      assertThat(Math.abs(score)).isLessThan(1);
    }
  }

  @Test
  void aRestartGoesOnAndOldVersionsAreForgotten() {
    ScoreNormalisation whole = new ScoreNormalisation();
    for (int step = 0; step < 3 * ScoreNormalisation.VERSIONS; step++) {
      whole.normalised(all(step), scores(step, 1 + step));
    }
    ScoreNormalisation resumed = new ScoreNormalisation();
    resumed.restore(new RestoredNumbers("state.json", whole.numbers()));
    assertThat(resumed.numbers())
        .isEqualTo(whole.numbers())
        .hasSize(1 + 6 * ScoreNormalisation.VERSIONS);
    for (int step = 20; step < 40; step++) {
      double[] scores = scores(step, 1);
      assertThat(resumed.normalised(all(step), scores))
          .isEqualTo(whole.normalised(all(step), scores));
    }
  }
}
