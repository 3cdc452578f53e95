package org.rlhfstreams.learner.training;

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
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.assembly.ObjectiveBinding;
import org.rlhfstreams.learner.assembly.TrainableModels;
import org.rlhfstreams.learner.assembly.TrainerResources;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.data.LabelledResponse;
import org.rlhfstreams.learner.data.PreferencePair;
import org.rlhfstreams.learner.data.PreferenceRows;
import org.rlhfstreams.learner.data.RowJoin;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.learner.reference.PlainReference;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.Truncation;
import org.rlhfstreams.service.objective.ExampleKind;

/**
 * An objective's trainer from the golden models, as often as it is asked for, and a batch of eight
 * examples for it.
 *
 * @param <E> the kind of example
 */
final class GoldenTrainer<E> {
  private static final int MAX_LENGTH = 128;

  private final Supplier<Trainer<E>> maker;
  private final List<E> batch;

  private GoldenTrainer(Supplier<Trainer<E>> maker, List<E> batch) {
    this.maker = maker;
    this.batch = batch;
  }

  /** The trainer of an objective by its configured name, at a learning rate of 1e-3. */
  static GoldenTrainer<?> of(String objective, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("learner.objective", objective);
    settings.put("learner.learning-rate", "1e-3");
    settings.put("learner.max-length", String.valueOf(MAX_LENGTH));
    settings.put("model.policy", resource("policy").toString());
    settings.put("model.reward", resource("reward").toString());
    settings.put("model.dtype", "float32");
    settings.put("ppo.epochs", "1");
    settings.put("sampling.samples", "4");
    settings.put("critic-free.beta", "0.05");
    settings.put("preference.likelihood", "all");
    settings.put("preference.reward-centering", "0.01");
    settings.put("preference.undesirable-weight", "1.5");
    settings.putAll(more);
    RlhfConfiguration configuration = RlhfConfiguration.of(settings);
    TrainableModels models = new TrainableModels(configuration);
    TrainerResources resources =
        new TrainerResources(
            configuration,
            models,
            () -> new PlainReference(models.reference(resource("reference"))));
    ObjectiveBinding binding = ObjectiveBinding.of(configuration.learner().objective());
    return binding instanceof ObjectiveBinding.OfPreferences<?> preferences
        ? onPreferences(preferences, resources)
        : onRollouts((ObjectiveBinding.OfRollouts) binding, resources);
  }

  private static GoldenTrainer<ScoredSample> onRollouts(
      ObjectiveBinding.OfRollouts binding, TrainerResources resources) {
    return new GoldenTrainer<>(() -> binding.trainer().apply(resources), samples());
  }

  private static <E extends Example> GoldenTrainer<E> onPreferences(
      ObjectiveBinding.OfPreferences<E> binding, TrainerResources resources) {
    boolean labels =
        resources.configuration().learner().objective().examples() == ExampleKind.LABELS;
    return new GoldenTrainer<>(
        () -> binding.trainer().apply(resources),
        convert(labels ? "kto.json" : "pairs.json", binding.conversion()));
  }

  /** A fresh one; the caller closes it. */
  Trainer<E> open() {
    return maker.get();
  }

  /** What it learns from. */
  List<E> batch() {
    return batch;
  }

  /** A part of that, for a step of its own. */
  List<E> batchWithout(int index) {
    List<E> others = new ArrayList<>(batch);
    others.remove(index);
    return others;
  }

  /** Both responses of each golden pair, labelled. */
  static List<LabelledResponse> labelledPairs() {
    return convert("pairs.json", PreferenceRows::labelled);
  }

  static List<PreferencePair> pairs() {
    return convert("pairs.json", (rows, preference) -> List.of(rows.pair(preference)));
  }

  private static <E> List<E> convert(String file, ObjectiveBinding.Conversion<E> conversion) {
    List<E> examples = new ArrayList<>();
    try (Tokenizer tokenizer = Tokenizer.open(resource("policy"))) {
      PreferenceRows rows =
          new PreferenceRows(
              tokenizer, Optional.empty(), new RowJoin(MAX_LENGTH, Truncation.KEEP_START));
      for (JsonNode row : new ObjectMapper().readTree(resource(file).toFile())) {
        examples.addAll(conversion.of(rows, preference(examples.size(), row)));
      }
    } catch (IOException | UnusableException e) {
      throw new IllegalStateException(e);
    }
    return examples;
  }

  private static Preference preference(int id, JsonNode row) {
    Preference.Builder preference =
        Preference.newBuilder()
            .setPreferenceId(String.valueOf(id))
            .setPrompt(row.get("prompt").asText())
            .setSource("golden")
            .setCreatedAt(Instant.EPOCH);
    if (row.has("label")) {
      return preference
          .setChosen(row.get("completion").asText())
          .setLabel(row.get("label").asBoolean())
          .build();
    }
    return preference
        .setChosen(row.get("chosen").asText())
        .setRejected(row.get("rejected").asText())
        .build();
  }

  /** Rollouts with scores, of one version of the reward model. */
  static List<ScoredSample> samples() {
    SplittableRandom random = new SplittableRandom(5);
    List<ScoredSample> samples = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int prompt = 3 + i % 4;
      int response = 4 + i;
      samples.add(
          new ScoredSample(
              "rollout-" + i,
              "request-" + i / 4,
              new TokenRow(random.ints(prompt + response, 4, 2048).toArray(), prompt),
              logProbabilities(random, response),
              logProbabilities(random, response),
              random.nextGaussian(),
              1,
              i % 2 == 0,
              new WeightVersion(0, 0L),
              new WeightVersion(0, 0L)));
    }
    return samples;
  }

  private static float[] logProbabilities(SplittableRandom random, int count) {
    float[] values = new float[count];
    for (int t = 0; t < count; t++) {
      values[t] = (float) (-7.6 + 0.1 * random.nextGaussian());
    }
    return values;
  }

  static Path resource(String name) {
    try {
      return Path.of(GoldenTrainer.class.getResource("/goldens/objectives/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
