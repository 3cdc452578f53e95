package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.assembly.TrainableModels;
import org.rlhfstreams.learner.data.Demonstration;
import org.rlhfstreams.learner.data.LabelledResponse;
import org.rlhfstreams.learner.data.PreferencePair;
import org.rlhfstreams.learner.data.PreferenceRows;
import org.rlhfstreams.learner.data.RowJoin;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.learner.objectives.RewardObjective;
import org.rlhfstreams.learner.objectives.preference.ContrastiveObjective;
import org.rlhfstreams.learner.objectives.preference.DirectPreferenceObjective;
import org.rlhfstreams.learner.objectives.preference.KahnemanTverskyObjective;
import org.rlhfstreams.learner.objectives.preference.OddsRatioObjective;
import org.rlhfstreams.learner.objectives.preference.PairObjective;
import org.rlhfstreams.learner.objectives.preference.SimplePreferenceObjective;
import org.rlhfstreams.learner.reference.PlainReference;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.Truncation;

/** Five full-batch steps from the same weights: losses, norms and scores are those of TRL. */
final class TrajectoryGoldenTest {
  private static final double RELATIVE = 1e-4;

  private final JsonNode golden = read("trajectories.json");
  private final JsonNode referenceFree = read("reference-free.json");
  private final TrainableModels models = models("10000");

  private static TrainableModels models(String microBatchTokens) {
    Map<String, String> settings = new HashMap<>();
    settings.put("learner.adam-beta1", "0.9");
    settings.put("learner.adam-beta2", "0.999");
    settings.put("learner.micro-batch-tokens", microBatchTokens);
    settings.put("model.dtype", "float32");
    return new TrainableModels(RlhfConfiguration.of(settings));
  }

  @Test
  void supervisedFineTuningFollowsTrl() throws UnusableException {
    List<Demonstration> batch = new ArrayList<>();
    try (Tokenizer tokenizer = Tokenizer.open(resource("policy"));
        SupervisedTrainer trainer =
            new SupervisedTrainer(models.languageModel(resource("policy")), 1e-3)) {
      PreferenceRows rows =
          new PreferenceRows(tokenizer, Optional.empty(), new RowJoin(128, Truncation.KEEP_START));
      for (Preference preference : preferences()) {
        batch.add(rows.demonstration(preference));
      }
      double[] initial = flat(trainer.state().model());
      for (JsonNode step : golden.get("sft").get("steps")) {
        Map<String, Double> metrics = trainer.step(batch, 1);
        assertMetric(metrics, "loss", step.get("loss"));
        assertMetric(metrics, "grad_norm", step.get("grad_norm"));
        assertMetric(metrics, "entropy", step.get("entropy"));
      }
      assertWeights(golden.get("sft"), initial, flat(trainer.state().model()));
    }
  }

  @Test
  void theRewardModelFollowsTrl() throws UnusableException {
    followReward("reward", 0, models);
  }

  @Test
  void centringFollowsTrl() throws UnusableException {
    followReward("reward-centered-0.01", 0.01, models);
  }

  @Test
  void microBatchesOfOneRowGiveTheSameSteps() throws UnusableException {
    followReward("reward", 0, models("1"));
  }

  private void followReward(String name, double centring, TrainableModels loader)
      throws UnusableException {
    List<PreferencePair> batch = new ArrayList<>();
    try (Tokenizer tokenizer = Tokenizer.open(resource("policy"));
        RewardTrainer trainer =
            new RewardTrainer(
                loader.scorer(resource("reward")), new RewardObjective(centring), 1e-3)) {
      PreferenceRows rows =
          new PreferenceRows(tokenizer, Optional.empty(), new RowJoin(128, Truncation.KEEP_START));
      List<Preference> preferences = preferences();
      for (int i = 0; i < preferences.size(); i++) {
        PreferencePair pair = rows.pair(preferences.get(i));
        JsonNode ids = golden.get("token_ids").get(i);
        assertThat(pair.chosen().tokenIds()).isEqualTo(ids(ids, "chosen"));
        assertThat(pair.rejected().tokenIds()).isEqualTo(ids(ids, "rejected"));
        batch.add(pair);
      }
      double[] initial = flat(trainer.state().model());
      for (JsonNode step : golden.get(name).get("steps")) {
        Map<String, Double> metrics = trainer.step(batch, 1);
        step.properties()
            .forEach(metric -> assertMetric(metrics, metric.getKey(), metric.getValue()));
      }
      assertWeights(golden.get(name), initial, flat(trainer.state().model()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "dpo-sigmoid, sigmoid, 0",
    "dpo-ipo, ipo, 0",
    "dpo-hinge, hinge, 0",
    "dpo-robust-0.1, robust, 0.1",
    "dpo-sigmoid-norm, sigmoid_norm, 0",
    "dpo-sigmoid-plus-sft-1.0, sigmoid+sft, 0",
    "dpo-exo-pair, exo_pair, 0.1",
    "dpo-apo-zero, apo_zero, 0",
    "dpo-bco-pair, bco_pair, 0",
  })
  void directPreferencesFollowTrl(String name, String loss, double smoothing)
      throws UnusableException {
    followPairs(name, new DirectPreferenceObjective(loss, 0.1, smoothing), resource("reference"));
  }

  @Test
  void aPolicyThatIsItsOwnReferenceStartsAtTheLogarithmOfTwo() throws UnusableException {
    followPairs(
        "dpo-sigmoid-reference-is-initial-policy",
        new DirectPreferenceObjective("sigmoid", 0.1, 0),
        resource("policy"));
    try (PreferenceTrainer trainer =
        preferenceTrainer(new DirectPreferenceObjective("sigmoid", 0.1, 0), resource("policy"))) {
      assertThat(trainer.step(pairs(), 1).get("loss")).isEqualTo(Math.log(2));
    }
  }

  @Test
  void oddsRatiosFollowTrl() throws UnusableException {
    followPairs("orpo", new OddsRatioObjective(0.1, true), resource("reference"));
  }

  @Test
  void singleLabelsFollowTrl() throws UnusableException {
    JsonNode expected = golden.get("kto");
    List<LabelledResponse> batch = new ArrayList<>();
    try (Tokenizer tokenizer = Tokenizer.open(resource("policy"));
        LabelTrainer trainer =
            new LabelTrainer(
                models.languageModel(resource("policy")),
                new PlainReference(models.reference(resource("reference"))),
                new KahnemanTverskyObjective(0.1, 1, 1),
                128,
                1e-3)) {
      PreferenceRows rows =
          new PreferenceRows(tokenizer, Optional.empty(), new RowJoin(128, Truncation.KEEP_START));
      for (JsonNode example : read("kto.json")) {
        batch.addAll(
            rows.labelled(
                preference(batch.size(), example)
                    .setChosen(example.get("completion").asText())
                    .setLabel(example.get("label").asBoolean())
                    .build()));
      }
      double[] initial = flat(trainer.state().model());
      for (JsonNode step : expected.get("steps")) {
        assertStep(trainer.step(batch, 1), step);
      }
      assertWeights(expected, initial, flat(trainer.state().model()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "cpo, sigmoid, 0",
    "cpo-hinge, hinge, 0",
    "cpo-ipo, ipo, 0",
    "cpo-smoothed, cdpo, 0.1",
  })
  void pairsWithoutAReferenceFollowTrl(String name, String loss, double smoothing)
      throws UnusableException {
    JsonNode settings = referenceFree.get(name).get("settings");
    followPairs(
        referenceFree.get(name),
        new ContrastiveObjective(loss, 0.1, smoothing, settings.path("cpo_alpha").asDouble(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"simpo", "cpo-simpo", "simpo-smoothed", "alphapo", "alphapo-negative"})
  void meansWithAMarginFollowTrl(String name) throws UnusableException {
    JsonNode settings = referenceFree.get(name).get("settings");
    boolean alphaPo = settings.get("loss_type").asText().equals("alphapo");
    followPairs(
        referenceFree.get(name),
        new SimplePreferenceObjective(
            settings.get("beta").asDouble(),
            settings.get("simpo_gamma").asDouble(),
            settings.path("alpha").asDouble(0),
            settings.path("label_smoothing").asDouble(0),
            alphaPo ? 0 : settings.path("cpo_alpha").asDouble(1)));
  }

  private void followPairs(String name, PairObjective objective, Path reference)
      throws UnusableException {
    try (PreferenceTrainer trainer = preferenceTrainer(objective, reference)) {
      follow(trainer, golden.get(name));
    }
  }

  private void followPairs(JsonNode expected, PairObjective objective) throws UnusableException {
    try (PreferenceTrainer trainer =
        new PreferenceTrainer(
            models.languageModel(resource("policy")), Optional.empty(), objective, 1e-3)) {
      follow(trainer, expected);
    }
  }

  private static void follow(PreferenceTrainer trainer, JsonNode expected)
      throws UnusableException {
    List<PreferencePair> batch = pairs();
    double[] initial = flat(trainer.state().model());
    for (JsonNode step : expected.get("steps")) {
      assertStep(trainer.step(batch, 1), step);
    }
    assertWeights(expected, initial, flat(trainer.state().model()));
  }

  private PreferenceTrainer preferenceTrainer(PairObjective objective, Path reference) {
    return new PreferenceTrainer(
        models.languageModel(resource("policy")),
        Optional.of(new PlainReference(models.reference(reference))),
        objective,
        1e-3);
  }

  private static List<PreferencePair> pairs() throws UnusableException {
    List<PreferencePair> pairs = new ArrayList<>();
    try (Tokenizer tokenizer = Tokenizer.open(resource("policy"))) {
      PreferenceRows rows =
          new PreferenceRows(tokenizer, Optional.empty(), new RowJoin(128, Truncation.KEEP_START));
      for (Preference preference : preferences()) {
        pairs.add(rows.pair(preference));
      }
    }
    return pairs;
  }

  /** All that TRL logs but what it says of raw logits and of sampled tokens. */
  private static void assertStep(Map<String, Double> metrics, JsonNode step) {
    step.properties()
        .forEach(
            metric -> {
              String name = metric.getKey();
              if (!name.startsWith("logits/")
                  && !name.equals("entropy")
                  && !name.equals("mean_token_accuracy")) {
                assertMetric(metrics, name, metric.getValue());
              }
            });
  }

  private static int[] ids(JsonNode pair, String side) {
    int[] ids = new int[pair.get("prompt").size() + pair.get(side).size()];
    int at = 0;
    for (JsonNode id : pair.get("prompt")) {
      ids[at++] = id.asInt();
    }
    for (JsonNode id : pair.get(side)) {
      ids[at++] = id.asInt();
    }
    return ids;
  }

  private static void assertMetric(Map<String, Double> metrics, String name, JsonNode expected) {
    double value = expected.asDouble();
    double tolerance = Math.max(2e-5, Math.abs(value) * RELATIVE);
    assertThat(metrics.get(name)).as(name).isCloseTo(value, within(tolerance));
  }

  private static void assertWeights(JsonNode expected, double[] initial, double[] last) {
    double norm = 0;
    double change = 0;
    for (int i = 0; i < last.length; i++) {
      norm += last[i] * last[i];
      change += (last[i] - initial[i]) * (last[i] - initial[i]);
    }
    double expectedNorm = expected.get("final_weight_l2").asDouble();
    double expectedChange = expected.get("final_minus_initial_l2").asDouble();
    assertThat(Math.sqrt(norm)).isCloseTo(expectedNorm, within(expectedNorm * RELATIVE));
    // Adam divides small gradients by small roots, which magnifies the last bits of float32.
    assertThat(Math.sqrt(change)).isCloseTo(expectedChange, within(expectedChange * 1e-3));
  }

  private static double[] flat(List<float[]> tensors) {
    return Rows.flat(tensors.toArray(new float[0][]));
  }

  private static List<Preference> preferences() {
    List<Preference> preferences = new ArrayList<>();
    for (JsonNode pair : read("pairs.json")) {
      preferences.add(
          preference(preferences.size(), pair)
              .setChosen(pair.get("chosen").asText())
              .setRejected(pair.get("rejected").asText())
              .build());
    }
    return preferences;
  }

  private static Preference.Builder preference(int id, JsonNode example) {
    return Preference.newBuilder()
        .setPreferenceId(String.valueOf(id))
        .setPrompt(example.get("prompt").asText())
        .setSource("golden")
        .setCreatedAt(Instant.EPOCH);
  }

  private static JsonNode read(String name) {
    try {
      return new ObjectMapper().readTree(resource(name).toFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path resource(String name) {
    try {
      return Path.of(TrajectoryGoldenTest.class.getResource("/goldens/objectives/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
