package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.learner.assembly.TrainableModels;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.model.files.NamedTensor;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.RolloutObjectiveConfiguration;

/** The loop around an objective on rollouts, whatever the objective. */
final class RolloutTrainerTest {
  private static final int EPOCHS = 3;
  private static final RlhfConfiguration CONFIGURATION =
      RlhfConfiguration.of(
          Map.of(
              "model.dtype", "float32",
              "learner.learning-rate", "1e-3",
              "ppo.epochs", String.valueOf(EPOCHS),
              "ppo.mini-batches", "4"));

  private final TrainableModels models = new TrainableModels(CONFIGURATION);
  private final List<ScoredSample> batch = GoldenTrainer.samples();

  /** Raises log-probabilities and values of all tokens; remembers the rows it was asked for. */
  private static final class Constant implements RolloutStrategy {
    private final double loss;
    private final List<Integer> rows = new ArrayList<>();
    private int evaluations;

    Constant(double loss) {
      this.loss = loss;
    }

    @Override
    public RolloutObjectiveConfiguration settings() {
      return CONFIGURATION.ppo();
    }

    @Override
    public double rewardBeta() {
      return 0;
    }

    @Override
    public MiniBatchObjective objective(RolloutBatch batch, Map<String, Double> metrics) {
      return (outputs, members) -> {
        evaluations++;
        for (int i = 0; i < members.length; i++) {
          rows.add(members[i]);
          assertThat(outputs.logProbabilities()[i])
              .hasSameSizeAs(batch.behaviorLogProbabilities()[members[i]]);
        }
        float[][] down = Rows.spread(new double[members.length], outputs.values());
        for (float[] row : down) {
          Arrays.fill(row, -1f);
        }
        return new ObjectiveResult<>(loss, new PassGradients(down, null, down), Map.of());
      };
    }
  }

  private RolloutTrainer trainer(RolloutStrategy strategy) {
    return new RolloutTrainer(
        strategy,
        models.languageModel(GoldenTrainer.resource("policy")),
        Optional.of(models.scorer(GoldenTrainer.resource("reward"))),
        CONFIGURATION.learner());
  }

  private static List<float[]> weights(RolloutTrainer trainer) {
    List<float[]> weights = new ArrayList<>();
    trainer.state().model().forEach(weight -> weights.add(weight.clone()));
    trainer.state().others().stream()
        .filter(tensor -> tensor.name().startsWith("value.weight."))
        .map(NamedTensor::values)
        .forEach(weight -> weights.add(weight.clone()));
    return weights;
  }

  @Test
  void everyRowIsInOneMiniBatchOfEachEpoch() {
    Constant strategy = new Constant(1);
    try (RolloutTrainer trainer = trainer(strategy)) {
      assertThat(trainer.step(batch, 1))
          .containsEntry(Trainer.SKIPPED, 0.0)
          .containsEntry("loss", 1.0)
          .containsKeys("grad_norm", "val/grad_norm", "objective/scores");
    }
    assertThat(strategy.evaluations).isEqualTo(4 * EPOCHS);
    int size = batch.size();
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      assertThat(strategy.rows.subList(epoch * size, (epoch + 1) * size))
          .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
    }
  }

  @Test
  void aLossThatIsNotFiniteChangesNoModelAndEndsTheStep() {
    Constant strategy = new Constant(Double.NaN);
    try (RolloutTrainer trainer = trainer(strategy)) {
      List<float[]> before = weights(trainer);
      assertThat(trainer.step(batch, 1))
          .containsEntry(Trainer.SKIPPED, 1.0)
          .doesNotContainKeys("grad_norm", "val/grad_norm");
      List<float[]> after = weights(trainer);
      assertThat(after).hasSameSizeAs(before);
      for (int i = 0; i < before.size(); i++) {
        assertThat(after.get(i)).isEqualTo(before.get(i));
      }
    }
    assertThat(strategy.evaluations).isEqualTo(1);
  }
}
