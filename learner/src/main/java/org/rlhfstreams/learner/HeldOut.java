package org.rlhfstreams.learner;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.PreferenceRows;
import org.rlhfstreams.learner.data.RowJoin;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.learner.loop.PreferenceConverter;
import org.rlhfstreams.learner.objectives.RewardObjective;
import org.rlhfstreams.learner.reference.PlainReference;
import org.rlhfstreams.learner.training.EvaluatingTrainer;
import org.rlhfstreams.learner.training.PreferenceTrainer;
import org.rlhfstreams.learner.training.RewardTrainer;
import org.rlhfstreams.learner.training.SupervisedTrainer;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** Figures of a trained model on examples that it has not seen. */
public final class HeldOut {
  private HeldOut() {}

  /**
   * Measures by the configured objective.
   *
   * @return the loss, for a reward model also accuracy and margin
   * @throws ModelException where an example cannot be measured
   */
  public static Map<String, Double> measure(
      RlhfConfiguration configuration, Path model, List<Preference> preferences) {
    ModelDirectory directory = ModelDirectory.open(model);
    try (Tokenizer tokenizer = Tokenizer.open(model, directory.configuration())) {
      int longest =
          Math.min(configuration.learner().maxLength(), directory.configuration().maxPositions());
      PreferenceRows rows =
          new PreferenceRows(
              tokenizer,
              ChatTemplate.find(model),
              new RowJoin(longest, configuration.learner().truncation()));
      return switch (configuration.learner().objective()) {
        case SFT ->
            evaluate(supervised(configuration, model), preferences, one(rows::demonstration));
        case REWARD -> evaluate(reward(configuration, model), preferences, one(rows::pair));
        case ORPO -> evaluate(oddsRatio(configuration, model), preferences, one(rows::pair));
        case DPO, KTO ->
            evaluate(implicitReward(configuration, model), preferences, one(rows::pair));
        case PPO -> throw new IllegalArgumentException("ppo has no held-out preferences");
      };
    }
  }

  private static SupervisedTrainer supervised(RlhfConfiguration configuration, Path model) {
    return new SupervisedTrainer(new TrainableModels(configuration).languageModel(model), 0);
  }

  private static RewardTrainer reward(RlhfConfiguration configuration, Path model) {
    return new RewardTrainer(
        new TrainableModels(configuration).scorer(model), new RewardObjective(0), 0);
  }

  private static PreferenceTrainer oddsRatio(RlhfConfiguration configuration, Path model) {
    return new PreferenceTrainer(
        new TrainableModels(configuration).languageModel(model),
        Optional.empty(),
        PairObjectives.oddsRatio(configuration.preference()),
        0);
  }

  /** How much further than the reference the policy has moved to what is preferred. */
  private static PreferenceTrainer implicitReward(RlhfConfiguration configuration, Path model) {
    TrainableModels models = new TrainableModels(configuration);
    return new PreferenceTrainer(
        models.languageModel(model),
        Optional.of(
            new PlainReference(models.reference(configuration.model().referenceOrPolicy()))),
        PairObjectives.directPreference(configuration.preference()),
        0);
  }

  private static <E> Map<String, Double> evaluate(
      EvaluatingTrainer<E> trainer,
      List<Preference> preferences,
      PreferenceConverter<E> converter) {
    try (trainer) {
      return trainer.evaluate(convert(preferences, converter));
    }
  }

  private interface OneExample<E> {
    E convert(Preference preference) throws UnusableException;
  }

  private static <E> PreferenceConverter<E> one(OneExample<E> converter) {
    return preference -> List.of(converter.convert(preference));
  }

  private static <E> List<E> convert(
      List<Preference> preferences, PreferenceConverter<E> converter) {
    List<E> examples = new ArrayList<>();
    for (Preference preference : preferences) {
      try {
        examples.addAll(converter.convert(preference));
      } catch (UnusableException e) {
        throw new ModelException(preference.getSource() + ": " + e.getMessage());
      }
    }
    return examples;
  }
}
