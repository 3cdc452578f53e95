package org.rlhfstreams.learner.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rlhfstreams.model.files.NamedTensor;
import org.rlhfstreams.service.objective.TrainingObjective;

/** What is in memory at a time changes no gradient, of objectives that couple rows either. */
@Tag("slow")
final class AccumulationTest {
  // Nothing is clipped: after one step the first moment is (1 - beta1) times the gradient.
  private static final String NO_CLIPPING = "1e9";
  // Its ratio is of a whole response: the float32 rounding of each log-probability adds up in it.
  private static final double OF_SUMS = 2e-6;

  @ParameterizedTest
  @EnumSource
  void gradientsDoNotDependOnMicroBatches(TrainingObjective objective) {
    List<NamedTensor> whole = gradients(objective, 1 << 20);
    for (int microBatchTokens : new int[] {128, 64, 1}) {
      List<NamedTensor> cut = gradients(objective, microBatchTokens);
      assertThat(cut).hasSameSizeAs(whole);
      for (int i = 0; i < whole.size(); i++) {
        assertThat(distance(cut.get(i).values(), whole.get(i).values()))
            .as("%s at %d tokens a micro-batch", whole.get(i).name(), microBatchTokens)
            .isLessThan(objective == TrainingObjective.RLOO ? OF_SUMS : 1e-6);
      }
    }
  }

  private static List<NamedTensor> gradients(TrainingObjective objective, int microBatchTokens) {
    return firstMoments(
        GoldenTrainer.of(
            objective.text(),
            Map.of(
                "learner.micro-batch-tokens",
                String.valueOf(microBatchTokens),
                "learner.max-grad-norm",
                NO_CLIPPING)));
  }

  private static <E> List<NamedTensor> firstMoments(GoldenTrainer<E> golden) {
    try (Trainer<E> trainer = golden.open()) {
      Map<String, Double> metrics = trainer.step(golden.batch(), 1);
      assertThat(metrics).containsEntry(Trainer.SKIPPED, 0.0);
      return trainer.state().others().stream()
          .filter(tensor -> tensor.name().contains(".first-moment."))
          .sorted(Comparator.comparing(NamedTensor::name))
          .map(AccumulationTest::read)
          .toList();
    }
  }

  private static NamedTensor read(NamedTensor tensor) {
    float[] values = tensor.values().clone();
    return new NamedTensor(tensor.name(), tensor.shape(), () -> values);
  }

  /** Of two tensors, relative to the second one's norm. */
  private static double distance(float[] one, float[] other) {
    double squares = 0;
    double norm = 0;
    for (int i = 0; i < one.length; i++) {
      squares += Math.pow((double) one[i] - other[i], 2);
      norm += Math.pow(other[i], 2);
    }
    assertThat(norm).isPositive();
    return Math.sqrt(squares / norm);
  }
}
