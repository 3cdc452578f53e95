package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlhfstreams.learner.advantage.OverlongPunishment;
import org.rlhfstreams.learner.advantage.RewardedResponses;
import org.rlhfstreams.learner.assembly.CriticFreeVariants;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.training.RolloutStrategy.MiniBatchObjective;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.service.configuration.CriticFreeConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * Losses and gradients of the objectives without a value model, as they are configured, on given
 * log-probabilities: those of TRL, whose own code made the golden values in double precision.
 */
final class CriticFreeGoldenTest {
  // A strategy takes log-probabilities as float32.
  private static final double TOLERANCE = 1e-6;
  private static final JsonNode GOLDEN = golden();

  static Stream<String> cases() {
    return GOLDEN.get("cases").properties().stream().map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theLossIsThatOfTrl(String name) {
    JsonNode expected = GOLDEN.get("cases").get(name);
    Map<String, String> settings = settings(expected.get("settings"));
    CriticFreeStrategy strategy = strategy(objective(name), settings);
    int rows = GOLDEN.get("advantages").size();
    ObjectiveResult<PassGradients> result =
        onGivenAdvantages(strategy)
            .evaluate(
                new RolloutOutputs(
                    floats(GOLDEN.get("log_probs")),
                    floats(GOLDEN.get("entropies")),
                    new float[rows][]),
                IntStream.range(0, rows).toArray());
    assertThat(result.loss()).isCloseTo(expected.get("loss").asDouble(), within(TOLERANCE));
    assertRows(result.gradients().logProbabilities(), expected.get("gradients"));
    if (strategy.learnsEntropies()) {
      assertRows(result.gradients().entropies(), expected.get("entropy_gradients"));
    } else {
      assertThat(result.gradients().entropies()).isNull();
    }
  }

  @ParameterizedTest
  @MethodSource("scales")
  void advantagesAreScaledAsTrlScalesThem(String scale) {
    JsonNode expected = GOLDEN.get("advantages_by_scale");
    double[] scores = doubles(expected.get("scores"));
    double[][] rewards =
        Arrays.stream(scores).mapToObj(s -> new double[] {s}).toArray(double[][]::new);
    for (TrainingObjective objective : List.of(TrainingObjective.GRPO, TrainingObjective.DR_GRPO)) {
      double[][] advantages =
          variant(objective, Map.of("critic-free.scale-rewards", scale))
              .advantages()
              .of(
                  batch(
                      rewards,
                      rewards,
                      new RewardedResponses(new int[] {0, 0, 0, 0, 1, 1, 1, 1}, scores, rewards)));
      double[] golden = doubles(expected.get(scale));
      for (int i = 0; i < golden.length; i++) {
        // TRL corrects the variance by a factor in float32.
        assertThat(advantages[i]).containsExactly(new double[] {golden[i]}, within(1e-7));
      }
    }
  }

  static Stream<String> scales() {
    return Stream.of("group", "batch", "none");
  }

  @Test
  void longResponsesArePunishedAsInTrl() {
    JsonNode overlong = GOLDEN.get("overlong");
    OverlongPunishment punishment =
        new OverlongPunishment(overlong.get("longest").asInt(), overlong.get("cache").asInt(), 2);
    for (int i = 0; i < overlong.get("lengths").size(); i++) {
      assertThat(punishment.of(overlong.get("lengths").get(i).asInt()))
          .isCloseTo(-2 * overlong.get("punishments").get(i).asDouble(), within(1e-12));
    }
  }

  @Test
  void aMiniBatchOfTruncatedResponsesAloneChangesNothing() {
    CriticFreeStrategy strategy =
        strategy(
            TrainingObjective.GRPO,
            Map.of(
                "critic-free.mask-truncated-completions", "true",
                "critic-free.entropy-coefficient", "0.1"));
    float[][] now = {floats(GOLDEN.get("log_probs"))[1], floats(GOLDEN.get("log_probs"))[4]};
    ObjectiveResult<PassGradients> result =
        onGivenAdvantages(strategy)
            .evaluate(new RolloutOutputs(now, now, new float[2][]), new int[] {1, 4});
    assertThat(result.loss()).isZero();
    assertThat(result.gradients().logProbabilities())
        .isDeepEqualTo(new float[][] {new float[now[0].length], new float[now[1].length]});
  }

  /** TRL's loss is linear in log-probabilities, so that it is their product with its gradient. */
  @Test
  void distillationHasTheGradientsOfTrl() {
    double[][] sampled = rows(GOLDEN.get("old_log_probs"));
    CriticFreeConfiguration settings = configuration(Map.of());
    MiniBatchObjective objective =
        new CriticFreeStrategy(
                CriticFreeVariants.of(TrainingObjective.DISTILLATION, settings),
                settings,
                GOLDEN.get("longest").asInt())
            .objective(goldenBatch(), new HashMap<>());
    float[][] now = floats(GOLDEN.get("old_log_probs"));
    float[][] gradients =
        objective
            .evaluate(
                new RolloutOutputs(now, now, new float[now.length][]),
                IntStream.range(0, now.length).toArray())
            .gradients()
            .logProbabilities();
    double loss = 0;
    for (int i = 0; i < sampled.length; i++) {
      for (int t = 0; t < sampled[i].length; t++) {
        loss += gradients[i][t] * sampled[i][t];
      }
    }
    assertThat(loss)
        .isCloseTo(GOLDEN.get("distillation").get("loss").asDouble(), within(TOLERANCE));
  }

  private static MiniBatchObjective onGivenAdvantages(CriticFreeStrategy strategy) {
    return strategy.objective(goldenBatch(), new HashMap<>());
  }

  /** Its scores play no part. */
  private static RolloutBatch goldenBatch() {
    double[][] behavior = rows(GOLDEN.get("old_log_probs"));
    int rows = behavior.length;
    return batch(
        behavior,
        rows(GOLDEN.get("reference_log_probs")),
        new RewardedResponses(new int[rows], new double[rows], behavior));
  }

  private static RolloutBatch batch(
      double[][] behavior, double[][] reference, RewardedResponses rewarded) {
    boolean[] stopped = new boolean[behavior.length];
    for (int i = 0; i < GOLDEN.get("truncated").size(); i++) {
      stopped[i] = !GOLDEN.get("truncated").get(i).asBoolean();
    }
    return new RolloutBatch(
        new RolloutOutputs(null, null, null), behavior, behavior, reference, stopped, rewarded);
  }

  private static TrainingObjective objective(String name) {
    String base = name.replaceFirst("^(dr-grpo|dapo|[a-z]+).*", "$1");
    return TrainingObjective.named(base.equals("dapo") ? "grpo" : base).orElseThrow();
  }

  /** Our names of TRL's settings. */
  private static Map<String, String> settings(JsonNode trl) {
    boolean cispo = trl.path("loss_type").asText().equals("cispo");
    boolean gmpo = trl.path("gmpo").asBoolean();
    Map<String, String> settings = new HashMap<>();
    trl.properties()
        .forEach(
            setting -> {
              String key =
                  switch (setting.getKey()) {
                    case "epsilon" -> gmpo ? "gmpo-clip" : "clip";
                    case "epsilon_high" -> cispo ? "cispo-epsilon-max" : "clip-high";
                    case "entropy_coef" -> "entropy-coefficient";
                    case "masked" -> "mask-truncated-completions";
                    case "loss_type", "gmpo" -> "";
                    default -> setting.getKey().replace('_', '-');
                  };
              if (!key.isEmpty()) {
                settings.put("critic-free." + key, setting.getValue().asText());
              }
            });
    if (trl.path("loss_type").asText().equals("dapo")) {
      settings.put("critic-free.loss-mean", "tokens");
    }
    return settings;
  }

  private static CriticFreeStrategy strategy(
      TrainingObjective objective, Map<String, String> settings) {
    CriticFreeVariant variant = variant(objective, settings);
    // advantages come from the golden values, not from rewards
    return new CriticFreeStrategy(
        new CriticFreeVariant(
            batch -> spread(doubles(GOLDEN.get("advantages")), batch.behaviorLogProbabilities()),
            variant.policyLoss(),
            variant.lossMean(),
            variant.rewardBeta(),
            variant.lossBeta()),
        configuration(settings),
        GOLDEN.get("longest").asInt());
  }

  private static CriticFreeVariant variant(
      TrainingObjective objective, Map<String, String> settings) {
    return CriticFreeVariants.of(objective, configuration(settings));
  }

  private static CriticFreeConfiguration configuration(Map<String, String> settings) {
    return RlhfConfiguration.of(settings).criticFree();
  }

  private static double[][] spread(double[] values, double[][] like) {
    double[][] rows = new double[values.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new double[like[i].length];
      Arrays.fill(rows[i], values[i]);
    }
    return rows;
  }

  private static void assertRows(float[][] rows, JsonNode expected) {
    for (int i = 0; i < rows.length; i++) {
      double[] golden = doubles(expected.get(i));
      assertThat(Rows.widen(rows[i])).containsExactly(golden, within(TOLERANCE));
    }
  }

  private static float[][] floats(JsonNode rows) {
    double[][] wide = rows(rows);
    float[][] floats = new float[wide.length][];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = new float[wide[i].length];
      for (int t = 0; t < floats[i].length; t++) {
        floats[i][t] = (float) wide[i][t];
      }
    }
    return floats;
  }

  private static double[][] rows(JsonNode rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(CriticFreeGoldenTest::doubles)
        .toArray(double[][]::new);
  }

  private static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static JsonNode golden() {
    try {
      return new ObjectMapper().readTree(GoldenTrainer.resource("critic-free.json").toFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
