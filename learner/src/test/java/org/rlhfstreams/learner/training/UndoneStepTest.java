package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.rlhfstreams.learner.assembly.TrainableModels;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.objectives.preference.DirectPreferenceObjective;
import org.rlhfstreams.model.files.NamedTensor;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.configuration.RolloutObjectiveConfiguration;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * A step that meets a number that is not finite, wherever it does, leaves everything as if its
 * batch had never come.
 */
final class UndoneStepTest {
  private static final int EPOCHS = 2;
  private static final int MINI_BATCHES = 2;

  private final List<ScoredSample> batch = GoldenTrainer.samples();

  private static RlhfConfiguration configuration(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("learner.learning-rate", "1e-3");
    settings.put("learner.score-normalisation", "per-version");
    settings.put("model.dtype", "float32");
    settings.put("ppo.epochs", String.valueOf(EPOCHS));
    settings.put("ppo.mini-batches", String.valueOf(MINI_BATCHES));
    settings.put("ppo.adaptive-kl-target", "0.1");
    settings.putAll(more);
    return RlhfConfiguration.of(settings);
  }

  /** PPO, one of whose updates breaks. */
  private static final class Breaking implements RolloutStrategy {
    private final PpoStrategy ppo;
    private final boolean inTheValues;
    private int updatesBefore = Integer.MAX_VALUE;

    /**
     * @param inTheValues whether the gradients on values break, and the loss stays finite
     */
    Breaking(RlhfConfiguration configuration, boolean inTheValues) {
      this.ppo = new PpoStrategy(configuration.ppo());
      this.inTheValues = inTheValues;
    }

    /** The update after so many more breaks, and no other. */
    void breakAfter(int updates) {
      updatesBefore = updates;
    }

    @Override
    public RolloutObjectiveConfiguration settings() {
      return ppo.settings();
    }

    @Override
    public double rewardBeta() {
      return ppo.rewardBeta();
    }

    @Override
    public MiniBatchObjective objective(RolloutBatch numbers, Map<String, Double> metrics) {
      MiniBatchObjective whole = ppo.objective(numbers, metrics);
      return (outputs, members) -> {
        ObjectiveResult<PassGradients> result = whole.evaluate(outputs, members);
        return updatesBefore-- == 0 ? broken(result) : result;
      };
    }

    private ObjectiveResult<PassGradients> broken(ObjectiveResult<PassGradients> result) {
      if (!inTheValues) {
        return new ObjectiveResult<>(
            Double.POSITIVE_INFINITY, result.gradients(), result.statistics());
      }
      PassGradients gradients = result.gradients();
      float[][] values = gradients.values().clone();
      values[0] = values[0].clone();
      Arrays.fill(values[0], Float.POSITIVE_INFINITY);
      return new ObjectiveResult<>(
          result.loss(),
          new PassGradients(gradients.logProbabilities(), gradients.entropies(), values),
          result.statistics());
    }

    @Override
    public void stepped(Map<String, Double> metrics, int rollouts) {
      ppo.stepped(metrics, rollouts);
    }

    @Override
    public Map<String, Double> numbers() {
      return ppo.numbers();
    }
  }

  private static RolloutTrainer trainer(RlhfConfiguration configuration, RolloutStrategy strategy) {
    TrainableModels models = new TrainableModels(configuration);
    return new RolloutTrainer(
        strategy,
        models.languageModel(GoldenTrainer.resource("policy")),
        Optional.of(models.scorer(GoldenTrainer.resource("reward"))),
        configuration.learner());
  }

  /** All that a trainer goes on with, but how many batches it has been given. */
  private record Everything(Map<String, List<Integer>> tensors, Map<String, Double> numbers) {
    static Everything of(Trainer<?> trainer) {
      TrainerState state = trainer.state();
      Map<String, List<Integer>> tensors = new HashMap<>();
      for (int i = 0; i < state.model().size(); i++) {
        tensors.put("model." + i, bits(state.model().get(i)));
      }
      for (NamedTensor tensor : state.others()) {
        tensors.put(tensor.name(), bits(tensor.values()));
      }
      Map<String, Double> numbers = new HashMap<>(state.numbers());
      numbers.keySet().removeAll(List.of(TrainerState.STEPS, TrainerState.SKIPPED_STEPS));
      return new Everything(tensors, numbers);
    }

    private static List<Integer> bits(float[] values) {
      List<Integer> bits = new ArrayList<>();
      for (float value : values) {
        bits.add(Float.floatToRawIntBits(value));
      }
      return bits;
    }

    void assertSame(Everything other) {
      assertThat(numbers).isEqualTo(other.numbers);
      assertThat(tensors).containsOnlyKeys(other.tensors.keySet());
      tensors.forEach(
          (name, bits) -> assertThat(bits.equals(other.tensors.get(name))).as(name).isTrue());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, false, float32, float32, 0",
    "1, false, float32, float32, 0",
    "3, false, float32, float32, 0",
    "0, true, float32, float32, 0",
    "3, true, float32, float32, 0",
    "3, true, bfloat16, bfloat16, 0",
    "2, false, bfloat16, float32, 4"
  })
  void aStepThatBreaksAnywhereChangesNothingAndTheNextOnesAreAsWithoutIt(
      int updates, boolean inTheValues, String dtype, String moments, int loraRank) {
    RlhfConfiguration configuration =
        configuration(
            Map.of(
                "model.dtype", dtype,
                "learner.optimizer-state", moments,
                "lora.rank", String.valueOf(loraRank)));
    Breaking breaking = new Breaking(configuration, inTheValues);
    try (RolloutTrainer broken = trainer(configuration, breaking);
        RolloutTrainer undisturbed = trainer(configuration, new PpoStrategy(configuration.ppo()))) {
      broken.step(batch.subList(0, 6), 1);
      undisturbed.step(batch.subList(0, 6), 1);
      Everything before = Everything.of(broken);
      before.assertSame(Everything.of(undisturbed));

      breaking.breakAfter(updates);
      assertThat(broken.step(batch, 1)).containsEntry(Trainer.SKIPPED, 1.0);
      Everything.of(broken).assertSame(before);

      assertThat(broken.step(batch.subList(2, 8), 1)).containsEntry(Trainer.SKIPPED, 0.0);
      undisturbed.step(batch.subList(2, 8), 1);
      Everything.of(broken).assertSame(Everything.of(undisturbed));
    }
  }

  @Test
  void aStepOfOneUpdateMovesNoPolicyWhereTheValueModelCannotFollow() {
    RlhfConfiguration configuration =
        configuration(Map.of("ppo.epochs", "1", "ppo.mini-batches", "1"));
    Breaking breaking = new Breaking(configuration, true);
    breaking.breakAfter(0);
    try (RolloutTrainer trainer = trainer(configuration, breaking)) {
      Everything before = Everything.of(trainer);
      assertThat(trainer.step(batch, 1)).containsEntry(Trainer.SKIPPED, 1.0);
      Everything.of(trainer).assertSame(before);
    }
  }

  @Test
  void aReferenceThatIsNoNumberLeavesTheCoefficientOfTheKlAndTheScoresMeasure() {
    RlhfConfiguration configuration = configuration(Map.of());
    try (RolloutTrainer trainer = trainer(configuration, new PpoStrategy(configuration.ppo()))) {
      trainer.step(batch, 1);
      Everything before = Everything.of(trainer);
      assertThat(trainer.step(withoutReference(batch), 1)).containsEntry(Trainer.SKIPPED, 1.0);
      Everything.of(trainer).assertSame(before);
    }
  }

  @Test
  void aRestoredTrainerRemembersThatAStepWasUndone() {
    RlhfConfiguration configuration = configuration(Map.of());
    try (RolloutTrainer trainer = trainer(configuration, new PpoStrategy(configuration.ppo()));
        RolloutTrainer restored = trainer(configuration, new PpoStrategy(configuration.ppo()))) {
      trainer.step(withoutReference(batch), 1);
      trainer.step(batch, 1);
      restored.restore(trainer.state());
      trainer.step(batch, 1);
      restored.step(batch, 1);
      Everything.of(restored).assertSame(Everything.of(trainer));
    }
  }

  @Test
  void onlinePairsThatAreNotFiniteLeaveTheScoresMeasure() {
    List<ScoredSample> samples = GoldenTrainer.samples();
    RlhfConfiguration configuration = configuration(Map.of());
    try (OnlinePreferenceTrainer trainer =
        new OnlinePreferenceTrainer(
            new TrainableModels(configuration).languageModel(GoldenTrainer.resource("policy")),
            new DirectPreferenceObjective("sigmoid", 0.1, 0),
            0,
            configuration.learner())) {
      trainer.step(samples, 1);
      Everything before = Everything.of(trainer);
      assertThat(trainer.step(withoutReference(samples), 1)).containsEntry(Trainer.SKIPPED, 1.0);
      Everything.of(trainer).assertSame(before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyObjectiveLeavesAllAsItWas(TrainingObjective objective) {
    assertUnchanged(
        GoldenTrainer.of(objective.text(), Map.of("learner.score-normalisation", "per-version")));
  }

  private static <E> void assertUnchanged(GoldenTrainer<E> golden) {
    try (Trainer<E> trainer = golden.open()) {
      trainer.step(golden.batchWithout(0), 1);
      TrainerState state = trainer.state();
      List<float[]> model = new ArrayList<>(state.model());
      float[] embedding = model.get(0).clone();
      Arrays.fill(embedding, Float.NaN);
      model.set(0, embedding);
      trainer.restore(
          new TrainerState(state.configuration(), model, state.others(), state.numbers()));
      Everything before = Everything.of(trainer);
      assertThat(trainer.step(golden.batch(), 1)).containsEntry(Trainer.SKIPPED, 1.0);
      Everything.of(trainer).assertSame(before);
    }
  }

  private static List<ScoredSample> withoutReference(List<ScoredSample> samples) {
    return samples.stream()
        .map(
            sample -> {
              float[] reference = sample.referenceLogProbabilities().clone();
              Arrays.fill(reference, Float.NaN);
              return new ScoredSample(
                  sample.id(),
                  sample.requestId(),
                  sample.row(),
                  sample.behaviorLogProbabilities(),
                  reference,
                  sample.score(),
                  sample.temperature(),
                  sample.stopped(),
                  sample.oldestVersion(),
                  sample.rewardModelVersion());
            })
        .toList();
  }
}
