package org.rlhfstreams.service.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rewards are a list in a file, or text anywhere else, and what cannot be is said. */
final class RewardsConfigurationTest {
  @TempDir private Path directory;

  private RlhfConfiguration load(String yaml) throws IOException {
    Path file = directory.resolve("rlhf.yaml");
    Files.writeString(file, yaml);
    return ConfigurationLoader.load(Optional.of(file), Map.of(), Map.of());
  }

  @Test
  void withoutAnyTheRewardModelIsTheReward() {
    RlhfConfiguration configuration = RlhfConfiguration.of(Map.of());
    EffectiveRewards rewards = configuration.effectiveRewards();
    assertThat(rewards.all())
        .containsExactly(
            new RewardConfiguration(
                "reward-model",
                "reward-model",
                1,
                RewardNormalisation.RAW,
                OptionalDouble.empty(),
                true,
                Map.of()));
    assertThat(rewards.required()).containsExactly("reward-model");
    assertThat(configuration.rewards().patience()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void aListInAFileIsTheSameAsTextElsewhereAndIsPrintedSo() throws IOException {
    String text =
        "[{name: helpful, scorer: reward-model}, {name: right, scorer: math, weight: 2, normalise:"
            + " batch, clip: 3, settings: {field: answer, schema: {type: object}}}, {scorer:"
            + " length, weight: 0}]";
    RlhfConfiguration configuration =
        load(
            """
            rewards:
              - name: helpful
                scorer: reward-model
              - name: right
                scorer: math
                weight: 2
                normalise: batch
                clip: 3
                settings:
                  field: answer
                  schema: {type: object}
              - {scorer: length, weight: 0}
            """);
    assertThat(configuration.rewards())
        .isEqualTo(RlhfConfiguration.of(Map.of("rewards.list", text)).rewards());
    RewardConfiguration right = configuration.effectiveRewards().named("right").orElseThrow();
    assertThat(right.settings())
        .isEqualTo(Map.of("field", "answer", "schema", "{\"type\":\"object\"}"));
    assertThat(right.clip()).hasValue(3);
    assertThat(configuration.effectiveRewards().required()).containsExactly("helpful", "right");
    assertThat(configuration.effectiveRewards().optional()).containsExactly("length");
    assertThat(load(configuration.printed()).rewards()).isEqualTo(configuration.rewards());
  }

  @Test
  void aSectionMayHaveThePatienceToo() throws IOException {
    RlhfConfiguration configuration =
        load(
            """
            rewards:
              patience: 90s
              list:
                - {name: right, scorer: external}
            """);
    assertThat(configuration.rewards().patience()).isEqualTo(Duration.ofSeconds(90));
    assertThat(configuration.effectiveRewards().required()).containsExactly("right");
  }

  @Test
  void aTeacherNeedsNoRewardAndMayBeWatchedByThem() {
    Map<String, String> taught = new HashMap<>(Map.of("learner.objective", "distillation"));
    assertThat(RlhfConfiguration.of(taught).effectiveRewards().all()).isEmpty();
    taught.put("learner.evaluate-every", "2");
    assertThatThrownBy(() -> RlhfConfiguration.of(taught))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("learner.evaluate-every compares versions by their rewards");
    taught.remove("learner.evaluate-every");
    taught.put("model.reward", "models/helpful");
    assertThat(RlhfConfiguration.of(taught).effectiveRewards().required())
        .containsExactly("reward-model");
    taught.put("rewards.list", "[{scorer: length, weight: 0}]");
    EffectiveRewards watching = RlhfConfiguration.of(taught).effectiveRewards();
    assertThat(watching.required()).isEmpty();
    assertThat(watching.optional()).containsExactly("length");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{scorer: math}                                       | it is no list",
        "[math]                                               | is no reward",
        "[{name: right}]                                      | has no scorer: name the kind",
        "[{scorer: math, wieght: 2}]                          | no key wieght; nearest: weight",
        "[{scorer: math, weight: much}]                       | weight is \"much\", which is no"
            + " number",
        "[{scorer: math, normalise: z}]                       | not one of raw, batch, group",
        "[{scorer: math, required: 3}]                        | neither true nor false",
        "[{scorer: math, clip: 0}]                            | give it a number above 0",
        "[{scorer: math, weight: 1e999}]                      | give it a finite number",
        "[{scorer: math, required: false}]                    | set required: true, or weight: 0",
        "[{scorer: math, name: reference}]                    | choose another one",
        "[{scorer: math, name: a b}]                          | letters, digits, dots, hyphens",
        "[{scorer: math}, {scorer: math}]                     | two have the name math",
        "[{scorer: math, weight: 0}]                          | give at least one a weight",
        "[{scorer: math, normalise: group}]                   | set normalise: batch, or an"
            + " objective",
      })
  void whatCannotBeIsSaidWithWhatToDo(String text, String message) {
    assertThatThrownBy(() -> RlhfConfiguration.of(Map.of("rewards.list", text)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void patienceIsLongEnoughToAnswer() {
    assertThatThrownBy(() -> RlhfConfiguration.of(Map.of("rewards.patience", "500ms")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("give it 1s or more");
  }
}
