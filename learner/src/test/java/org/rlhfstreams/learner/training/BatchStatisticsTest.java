package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.model.training.TokenRow;

/** How far what sampled is from the learner is told apart from how old its weights were. */
final class BatchStatisticsTest {
  private static final long STEPS = 7;

  private static ScoredSample sample(long version, float... behavior) {
    return new ScoredSample(
        "r/0",
        "r",
        TokenRow.of(List.of(1), List.of(2, 3)),
        behavior,
        new float[behavior.length],
        0,
        1,
        true,
        new WeightVersion(0, version),
        new WeightVersion(0, 0L));
  }

  private static Map<String, Double> sampler(List<ScoredSample> batch, float[]... own) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    BatchStatistics.putSampler(metrics, batch, own, STEPS);
    return metrics;
  }

  @Test
  void aSamplerThatComputesOtherwiseShowsInResponsesOfTheNewestWeights() {
    float half = (float) Math.log(0.5);
    Map<String, Double> metrics =
        sampler(
            List.of(sample(STEPS, -1, -1 + half), sample(STEPS - 1, -9, -9)),
            new float[] {-1, -1},
            new float[] {-1, -1});
    assertThat(metrics.get("policy/sampler_ratio_max")).isCloseTo(2, within(1e-6));
    assertThat(metrics.get("policy/sampler_kl")).isCloseTo((2 - 1 - Math.log(2)) / 2, within(1e-6));
  }

  @Test
  void oneThatAgreesIsAtNothingAndOlderResponsesSayNothing() {
    assertThat(sampler(List.of(sample(STEPS, -1, -2)), new float[] {-1, -2}))
        .containsEntry("policy/sampler_kl", 0.0)
        .containsEntry("policy/sampler_ratio_max", 1.0);
    assertThat(sampler(List.of(sample(STEPS - 1, -1, -2)), new float[] {-3, -4})).isEmpty();
  }
}
