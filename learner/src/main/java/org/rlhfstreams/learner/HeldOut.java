package org.rlhfstreams.learner;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.PreferenceRows;
import org.rlhfstreams.learner.data.UnusableException;
import org.rlhfstreams.learner.loop.PreferenceConverter;
import org.rlhfstreams.learner.objectives.RewardObjective;
import org.rlhfstreams.learner.training.RewardTrainer;
import org.rlhfstreams.learner.training.SupervisedTrainer;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.service.configuration.ObjectiveName;
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
    TrainableModels models = new TrainableModels(configuration);
    ModelDirectory directory = ModelDirectory.open(model);
    try (Tokenizer tokenizer = Tokenizer.open(model, directory.configuration())) {
      int longest =
          Math.min(configuration.learner().maxLength(), directory.configuration().maxPositions());
      PreferenceRows rows = new PreferenceRows(tokenizer, longest);
      if (configuration.learner().objective() == ObjectiveName.REWARD) {
        try (RewardTrainer trainer =
            new RewardTrainer(models.scorer(model), new RewardObjective(0), 0)) {
          return trainer.evaluate(convert(preferences, rows::pair));
        }
      }
      try (SupervisedTrainer trainer = new SupervisedTrainer(models.languageModel(model), 0)) {
        return Map.of("loss", trainer.loss(convert(preferences, rows::demonstration)));
      }
    }
  }

  private static <E> List<E> convert(
      List<Preference> preferences, PreferenceConverter<E> converter) {
    List<E> examples = new ArrayList<>();
    for (Preference preference : preferences) {
      try {
        examples.add(converter.convert(preference));
      } catch (UnusableException e) {
        throw new ModelException(preference.getSource() + ": " + e.getMessage());
      }
    }
    return examples;
  }
}
