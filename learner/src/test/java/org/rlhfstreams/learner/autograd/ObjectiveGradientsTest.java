package org.rlhfstreams.learner.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.model.torchscript.ComputeThread;

final class ObjectiveGradientsTest {
  private record Line<A>(A slope, A at, A unused) {}

  private record LineGradients(double[] unused, double[] slope) {}

  private record Misnamed(double[] slop) {}

  private record Mixed(double[] slope, double weight) {}

  private static NDArray value(Line<NDArray> line, Map<String, NDArray> statistics) {
    statistics.put("largest", line.at().max());
    return line.slope().mul(line.at()).sum();
  }

  private static ObjectiveResult<LineGradients> evaluate(double[] unused) {
    return ObjectiveGradients.evaluate(
        new Line<>(new double[] {1, 2}, new double[] {3, 5}, unused),
        LineGradients.class,
        ObjectiveGradientsTest::value);
  }

  @Test
  void gradientsGoToTheComponentOfTheSameName() {
    ObjectiveResult<LineGradients> result = evaluate(new double[] {7, 8, 9});
    assertThat(result.loss()).isEqualTo(13);
    assertThat(result.gradients().slope()).containsExactly(3, 5);
    assertThat(result.gradients().unused()).containsExactly(0, 0, 0);
    assertThat(result.statistics()).containsExactly(Map.entry("largest", 5.0));
  }

  @Test
  void anInputThatAnObjectiveHasNoUseForMayBeEmpty() {
    assertThat(evaluate(new double[0]).gradients().unused()).isEmpty();
  }

  @Test
  void formulasRunOnTheComputeThreadEvenWithinAnotherOperation() {
    Thread compute = ComputeThread.call(Thread::currentThread);
    ObjectiveGradients.Formula<Line<NDArray>> formula =
        (line, statistics) -> {
          assertThat(Thread.currentThread()).isSameAs(compute);
          return value(line, statistics);
        };
    Line<double[]> line = new Line<>(new double[] {1}, new double[] {2}, new double[0]);
    assertThat(ObjectiveGradients.evaluate(line, LineGradients.class, formula).loss()).isEqualTo(2);
    ObjectiveResult<LineGradients> nested =
        ComputeThread.call(() -> ObjectiveGradients.evaluate(line, LineGradients.class, formula));
    assertThat(nested.loss()).isEqualTo(2);
  }

  @Test
  void aGradientWithoutAnInputIsNamed() {
    assertThatThrownBy(
            () ->
                ObjectiveGradients.evaluate(
                    new Line<>(new double[1], new double[1], new double[1]),
                    Misnamed.class,
                    ObjectiveGradientsTest::value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Misnamed.slop has the name of no input: Line has [slope, at, unused]");
  }

  @Test
  void anInputThatIsNoArrayIsNamed() {
    assertThatThrownBy(
            () ->
                ObjectiveGradients.evaluate(
                    new Mixed(new double[1], 2),
                    Misnamed.class,
                    (Line<NDArray> line, Map<String, NDArray> statistics) -> line.at()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Mixed.weight is not a double[]");
  }
}
