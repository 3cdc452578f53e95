package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.learner.assembly.CriticFreeVariants;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.service.configuration.CriticFreeConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.objective.TrainingObjective;

/** Eight responses of 4 to 11 tokens, every second of them without an end. */
final class RolloutBatchTest {
  private static final int LONGEST = 11;
  private static final List<ScoredSample> SAMPLES = GoldenTrainer.samples();

  private static RolloutBatch batch(Map<String, String> settings) {
    CriticFreeConfiguration configuration = RlhfConfiguration.of(settings).criticFree();
    return RolloutBatch.of(
        SAMPLES,
        new RolloutOutputs(null, null, null),
        new CriticFreeStrategy(
            CriticFreeVariants.of(TrainingObjective.GRPO, configuration), configuration, LONGEST));
  }

  @Test
  void scoresOfLongResponsesArePunished() {
    double[] plain = batch(Map.of()).rewarded().scores();
    RolloutBatch punished =
        batch(Map.of("critic-free.overlong-cache", "4", "critic-free.overlong-penalty", "2"));
    double[] penalties = {0, 0, 0, 0, 0.5, 1, 1.5, 2};
    for (int i = 0; i < plain.length; i++) {
      assertThat(plain[i]).isEqualTo(SAMPLES.get(i).score());
      assertThat(punished.rewarded().scores()[i]).isCloseTo(plain[i] - penalties[i], within(1e-12));
      assertThat(punished.rewarded().totals()[i]).isCloseTo(plain[i] - penalties[i], within(1e-12));
    }
  }

  @Test
  void itKnowsWhichResponsesHaveAnEnd() {
    assertThat(batch(Map.of()).stopped())
        .containsExactly(true, false, true, false, true, false, true, false);
  }
}
