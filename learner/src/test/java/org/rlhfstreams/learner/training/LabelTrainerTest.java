package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.learner.assembly.TrainableModels;
import org.rlhfstreams.learner.data.LabelledResponse;
import org.rlhfstreams.learner.objectives.preference.DirectPreferenceObjective;
import org.rlhfstreams.learner.objectives.preference.KahnemanTverskyObjective;
import org.rlhfstreams.learner.reference.PlainReference;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** Evaluations of kto say what its steps and dpo's evaluations say of the same rows. */
final class LabelTrainerTest {
  private final TrainableModels models =
      new TrainableModels(RlhfConfiguration.of(Map.of("model.dtype", "float32")));

  private LabelTrainer trainer() {
    return new LabelTrainer(
        models.languageModel(GoldenTrainer.resource("policy")),
        new PlainReference(models.reference(GoldenTrainer.resource("reference"))),
        new KahnemanTverskyObjective(0.1, 1, 1.5),
        128,
        1e-3);
  }

  @Test
  void anEvaluationIsTheLossOfAStepOnTheSameRowsAndChangesNothing() {
    List<LabelledResponse> rows = GoldenTrainer.labelledPairs();
    try (LabelTrainer trainer = trainer()) {
      Map<String, Double> evaluated = trainer.evaluate(rows);
      assertThat(trainer.evaluate(rows)).isEqualTo(evaluated);
      Map<String, Double> step = trainer.step(rows, 1);
      for (String name :
          List.of("loss", "kl", "rewards/chosen", "rewards/rejected", "rewards/margins")) {
        assertThat(evaluated.get(name)).as(name).isCloseTo(step.get(name), within(1e-6));
      }
    }
  }

  @Test
  void pairsGiveTheAccuracyThatDpoFinds() {
    try (LabelTrainer trainer = trainer();
        PreferenceTrainer pairs =
            new PreferenceTrainer(
                models.languageModel(GoldenTrainer.resource("policy")),
                Optional.of(
                    new PlainReference(models.reference(GoldenTrainer.resource("reference")))),
                new DirectPreferenceObjective("sigmoid", 0.1, 0),
                0)) {
      Map<String, Double> expected = pairs.evaluate(GoldenTrainer.pairs());
      Map<String, Double> evaluated = trainer.evaluate(GoldenTrainer.labelledPairs());
      assertThat(evaluated.get("rewards/accuracies"))
          .isEqualTo(expected.get("rewards/accuracies"))
          .isBetween(0.01, 0.99);
      assertThat(evaluated.get("rewards/margins"))
          .isCloseTo(expected.get("rewards/margins"), within(1e-6));
    }
  }

  @Test
  void rowsOfOneLabelAreNotComparedWithTheOther() {
    List<LabelledResponse> desirable =
        GoldenTrainer.labelledPairs().stream().filter(LabelledResponse::desirable).toList();
    try (LabelTrainer trainer = trainer()) {
      assertThat(trainer.evaluate(desirable))
          .containsKeys("loss", "rewards/chosen")
          .doesNotContainKeys("rewards/rejected", "rewards/margins", "rewards/accuracies");
    }
  }
}
