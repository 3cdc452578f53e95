package org.rlhfstreams.service.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OverridesTest {
  private static final Map<String, String> ENVIRONMENT = Map.of("RLHF_LEARNER_BATCH_SIZE", "3");
  private static final Map<String, String> FLAGS = Map.of("learner.batch-size", "5");

  private static int batchSize(
      Overrides overrides, Map<String, String> environment, Map<String, String> flags) {
    return ConfigurationLoader.load(overrides, Optional.empty(), environment, flags)
        .learner()
        .batchSize();
  }

  @Test
  void whatIsSuggestedYieldsToEverythingButTheDefault() {
    Overrides suggested = Overrides.NONE.suggest("learner.batch-size", 2);
    assertThat(batchSize(suggested, Map.of(), Map.of())).isEqualTo(2);
    assertThat(batchSize(suggested, ENVIRONMENT, Map.of())).isEqualTo(3);
    assertThat(batchSize(suggested, Map.of(), FLAGS)).isEqualTo(5);
  }

  @Test
  void whatIsDecidedYieldsToFlagsAlone() {
    Overrides decided = Overrides.NONE.decide("learner.batch-size", 4);
    assertThat(batchSize(decided, ENVIRONMENT, Map.of())).isEqualTo(4);
    assertThat(batchSize(decided, ENVIRONMENT, FLAGS)).isEqualTo(5);
  }

  @Test
  void whatIsFixedYieldsToNothing() {
    Overrides fixed =
        Overrides.NONE
            .fix("learner.batch-size", 6)
            .decide("learner.batch-size", 4)
            .suggest("learner.batch-size", 2);
    assertThat(batchSize(fixed, ENVIRONMENT, FLAGS)).isEqualTo(6);
    assertThat(fixed.settings()).containsExactly(Map.entry("learner.batch-size", "6"));
  }

  @Test
  void theLaterOfTwoHoldsWithinALayer() {
    Overrides both =
        Overrides.NONE
            .suggest("learner.batch-size", 2)
            .and(Overrides.NONE.suggest("learner.batch-size", 7));
    assertThat(batchSize(both, Map.of(), Map.of())).isEqualTo(7);
  }
}
