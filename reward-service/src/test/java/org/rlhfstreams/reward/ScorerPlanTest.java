package org.rlhfstreams.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RewardConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** Which scorers a process runs, and what it says of those that it cannot. */
final class ScorerPlanTest {
  private static final String REWARDS =
      "[{name: helpful, scorer: reward-model}, {name: harmless, scorer: reward-model, settings:"
          + " {model: models/harmless}}, {name: right, scorer: rule}, {name: mine, scorer:"
          + " external}]";

  private static final ScorerCatalog RULES =
      new ScorerCatalog() {
        @Override
        public Set<String> kinds() {
          return Set.of("rule");
        }

        @Override
        public void require(RewardConfiguration reward) {}

        @Override
        public RolloutScorer open(
            RewardConfiguration reward, KafkaConnection connection, BooleanSupplier stopped) {
          throw new AssertionError("nothing is opened");
        }
      };

  private static RlhfConfiguration configuration(String rewards, String scorers) {
    return RlhfConfiguration.of(
        Map.of(
            "rewards.list",
            rewards,
            "reward-service.scorers",
            scorers,
            "model.reward",
            "models/helpful"));
  }

  private static ScorerPlan plan(String rewards, String scorers) {
    return ScorerPlan.of(configuration(rewards, scorers), RULES);
  }

  @Test
  void allButThoseOfOthersRunByDefault() {
    ScorerPlan plan = plan(REWARDS, "");
    assertThat(plan.rewards())
        .extracting(RewardConfiguration::name)
        .containsExactly("helpful", "harmless", "right");
    assertThat(plan.reference()).isTrue();
    assertThat(plan.hasLiveModel()).isTrue();
    assertThat(plan.models())
        .extracting(reward -> ScorerPlan.directory(reward, configuration(REWARDS, "")))
        .containsExactly(Path.of("models/helpful"), Path.of("models/harmless"));
  }

  @Test
  void aProcessMayRunSome() {
    ScorerPlan plan = plan(REWARDS, "right,harmless");
    assertThat(plan.rewards())
        .extracting(RewardConfiguration::name)
        .containsExactly("harmless", "right");
    assertThat(plan.reference()).isFalse();
    assertThat(plan.hasLiveModel()).isFalse();
    assertThat(plan("", "reference").rewards()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{scorer: mth}]                                                  |          | the scorer"
            + " mth, which does not exist; there are external, reward-model, rule",
        "[{scorer: rule}]                                                 | right    | no right"
            + " among the rewards; there are reference, rule",
        "[{name: mine, scorer: external}]                                 | mine     | the program"
            + " that scores it is yours to start",
        "[{name: a, scorer: reward-model}, {name: b, scorer: reward-model}] |        | give one of"
            + " them settings: {model: DIR}",
      })
  void whatCannotRunIsSaid(String rewards, String scorers, String message) {
    assertThatThrownBy(() -> plan(rewards, scorers == null ? "" : scorers))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }
}
