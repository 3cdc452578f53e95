package org.rlhfstreams.learner.objectives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.learner.advantage.GeneralizedAdvantageEstimation;
import org.rlhfstreams.learner.advantage.GroupAdvantages;
import org.rlhfstreams.learner.advantage.TokenRewards;
import org.rlhfstreams.learner.advantage.Whitening;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.service.configuration.KlEstimator;

/** Every array of the golden PPO settings, worked out from the formulas in double precision. */
final class PpoGoldenTest {
  private static final double TOLERANCE = 1e-9;
  private static final JsonNode GOLDEN = golden();

  @ParameterizedTest
  @ValueSource(strings = {"trl-like", "openrlhf-like", "k3-discounted-dual-clip"})
  void everyArrayMatches(String name) {
    JsonNode expected = GOLDEN.get(name);
    JsonNode settings = expected.get("settings");
    TokenRewards tokenRewards =
        new TokenRewards(
            settings.path("kl").asText("k1").equals("k3") ? KlEstimator.K3 : KlEstimator.K1,
            settings.path("missing_eos_penalty").asDouble(0),
            optional(settings, "reward_clip"));
    GeneralizedAdvantageEstimation estimation =
        new GeneralizedAdvantageEstimation(
            settings.get("gamma").asDouble(), settings.get("lam").asDouble());
    JsonNode rollouts = GOLDEN.get("rollouts");
    double[][] rewards = new double[rollouts.size()][];
    double scoreSum = 0;
    for (int i = 0; i < rewards.length; i++) {
      JsonNode rollout = rollouts.get(i);
      boolean stopped = rollout.get("finish_reason").asText().equals("stop");
      double score = rollout.get("score").asDouble();
      scoreSum += tokenRewards.effectiveScore(score, stopped);
      rewards[i] =
          tokenRewards.of(
              floats(rollout.get("log_probs_behaviour")),
              floats(rollout.get("log_probs_reference")),
              score,
              stopped,
              settings.get("beta").asDouble());
    }
    assertThat(scoreSum / rewards.length)
        .isCloseTo(expected.get("mean_score").asDouble(), within(TOLERANCE));
    if (settings.path("whiten_rewards").asBoolean()) {
      rewards = Whitening.of(rewards, false);
    }
    assertRows(rewards, expected.get("token_rewards"));
    double[][] advantages = new double[rewards.length][];
    double[][] returns = new double[rewards.length][];
    for (int i = 0; i < rewards.length; i++) {
      double[] values = floats(rollouts.get(i).get("values"));
      advantages[i] = estimation.advantages(rewards[i], values);
      returns[i] = GeneralizedAdvantageEstimation.returns(advantages[i], values);
    }
    assertRows(advantages, expected.get("advantages_raw"));
    assertRows(returns, expected.get("returns"));
    double[][] whitened = Whitening.of(advantages, true);
    assertRows(whitened, expected.get("advantages_whitened"));
    double[] policy = flat(rollouts, "log_probs_policy");
    double[] behavior = flat(rollouts, "log_probs_behaviour");
    JsonNode ratio = expected.get("ratio");
    for (int t = 0; t < policy.length; t++) {
      assertThat(Math.exp(policy[t] - behavior[t]))
          .isCloseTo(ratio.get(t).asDouble(), within(TOLERANCE));
    }
    ObjectiveResult<PpoGradients> result =
        new PpoObjective(
                new ClippedSurrogate(
                    settings.get("clip").asDouble(),
                    settings.get("clip").asDouble(),
                    optional(settings, "dual_clip"),
                    OptionalDouble.empty()),
                settings.get("value_clip").asDouble(),
                settings.get("vf_coef").asDouble(),
                0)
            .evaluate(
                new PpoTokens<>(
                    policy,
                    new double[policy.length],
                    flat(rollouts, "new_values"),
                    behavior,
                    behavior,
                    flat(whitened),
                    flat(returns),
                    flat(rollouts, "values")));
    assertThat(result.loss()).isCloseTo(expected.get("loss").asDouble(), within(TOLERANCE));
    assertStatistic(result, "loss/policy_avg", expected.get("policy_loss"));
    assertStatistic(result, "loss/value_avg", expected.get("value_loss"));
    assertStatistic(result, "policy/approxkl_avg", expected.get("approx_kl"));
    assertStatistic(result, "policy/clipfrac_avg", expected.get("clip_fraction"));
  }

  @Test
  void groupAdvantagesMatch() {
    JsonNode group = GOLDEN.get("group-of-3");
    for (int i = 0; i < group.get("scores").size(); i++) {
      double[] scores = doubles(group.get("scores").get(i));
      assertRow(GroupAdvantages.grpo(scores), group.get("grpo").get(i));
      assertRow(GroupAdvantages.drGrpo(scores), group.get("dr_grpo").get(i));
      assertRow(GroupAdvantages.rloo(scores), group.get("rloo").get(i));
    }
  }

  private static void assertStatistic(ObjectiveResult<?> result, String name, JsonNode expected) {
    assertThat(result.statistics().get(name))
        .as(name)
        .isCloseTo(expected.asDouble(), within(TOLERANCE));
  }

  private static void assertRows(double[][] rows, JsonNode expected) {
    for (int i = 0; i < rows.length; i++) {
      assertRow(rows[i], expected.get(i));
    }
  }

  private static void assertRow(double[] row, JsonNode expected) {
    assertThat(row).containsExactly(doubles(expected), within(TOLERANCE));
  }

  private static OptionalDouble optional(JsonNode settings, String name) {
    return settings.has(name)
        ? OptionalDouble.of(settings.get(name).asDouble())
        : OptionalDouble.empty();
  }

  private static double[] flat(JsonNode rollouts, String field) {
    List<double[]> rows = new ArrayList<>();
    rollouts.forEach(rollout -> rows.add(floats(rollout.get(field))));
    return flat(rows.toArray(new double[0][]));
  }

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  /** Inputs of a rollout: the golden arithmetic starts from the float32 numbers events carry. */
  private static double[] floats(JsonNode array) {
    double[] values = doubles(array);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) values[i];
    }
    return values;
  }

  private static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asDouble();
    }
    return values;
  }

  private static JsonNode golden() {
    try (InputStream in = PpoGoldenTest.class.getResourceAsStream("/goldens/objectives/ppo.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
