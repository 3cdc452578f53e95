package org.rlhfstreams.service.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names that the field has for micro-batches and warm-up mean what they mean there. */
final class LearnerConfigurationTest {
  private static LearnerConfiguration of(String... pairs) {
    Map<String, String> settings = new HashMap<>();
    for (String pair : pairs) {
      String[] parts = pair.split("=", 2);
      settings.put("learner." + parts[0], parts[1]);
    }
    return RlhfConfiguration.of(settings).learner();
  }

  @Test
  void rowsAndPartsSayHowManyTokensAreInMemory() {
    assertThat(of().microBatchTokensOrRows()).isEmpty();
    assertThat(of("micro-batch-tokens=300").microBatchTokensOrRows()).hasValue(300);
    assertThat(of("micro-batch-size=4", "max-length=100").microBatchTokensOrRows()).hasValue(400);
    assertThat(
            of("batch-size=32", "gradient-accumulation-steps=8", "max-length=100")
                .microBatchTokensOrRows())
        .hasValue(400);
    assertThat(
            of("batch-size=32", "micro-batch-size=4", "gradient-accumulation-steps=8")
                .microBatchTokensOrRows())
        .hasValue(4096);
    assertThat(of("micro-batch-size=2000000000").microBatchTokensOrRows())
        .hasValue(Integer.MAX_VALUE);
  }

  @Test
  void aWarmUpIsOfStepsOrOfAShareOfThem() {
    assertThat(of("warmup-steps=7").warmupStepsOf(100)).isEqualTo(7);
    assertThat(of("warmup-ratio=0.03", "max-steps=50").warmupStepsOf(50)).isEqualTo(2);
    assertThat(of().warmupStepsOf(Long.MAX_VALUE)).isEqualTo(0);
  }

  @ParameterizedTest
  @CsvSource({
    "batch-size=4 gradient-accumulation-steps=8, not multiplied",
    "batch-size=4 gradient-accumulation-steps=8 micro-batch-size=4, set it to 32",
    "micro-batch-tokens=4 micro-batch-size=8, leave one out",
    "micro-batch-tokens=4 gradient-accumulation-steps=8, leave one out",
    "warmup-ratio=0.1 warmup-steps=3 max-steps=9, leave one out",
    "warmup-ratio=0.1, set learner.max-steps or learner.warmup-steps",
  })
  void contradictionsAreRefused(String pairs, String why) {
    assertThatThrownBy(() -> of(pairs.split(" ", -1)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(why);
  }
}
