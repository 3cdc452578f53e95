package org.rlhfstreams.learner.autograd;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.torchscript.ComputeThread;

/**
 * Automatic differentiation of an objective over small float64 arrays. An objective's inputs are a
 * record {@code Inputs<A>} whose components all have the type {@code A}: {@code Inputs<double[]>}
 * comes in, and the formula sees the same arrays as {@code Inputs<NDArray>}. Gradients are a record
 * of {@code double[]} whose components have the names of the inputs that the loss is differentiated
 * by.
 */
public final class ObjectiveGradients {
  private ObjectiveGradients() {}

  /**
   * From the arrays of a batch to its loss.
   *
   * @param <A> the inputs' record, of {@link NDArray}
   */
  @FunctionalInterface
  public interface Formula<A extends Record> {
    /**
     * The loss, a scalar.
     *
     * @param arrays the inputs
     * @param statistics takes further scalars by the field's usual names
     */
    NDArray loss(A arrays, Map<String, NDArray> statistics);
  }

  /**
   * Evaluates a formula and differentiates its loss, on the compute thread.
   *
   * @param inputs a record of {@code double[]}
   * @param gradients the record that names what the loss is differentiated by
   * @param formula from the same record, of {@link NDArray}
   * @throws IllegalArgumentException if an input is not a {@code double[]}, or a gradient has the
   *     name of no input
   */
  public static <A extends Record, G extends Record> ObjectiveResult<G> evaluate(
      Record inputs, Class<G> gradients, Formula<A> formula) {
    Map<String, double[]> values = NamedArrays.of(inputs);
    List<String> variables = NamedArrays.names(gradients);
    for (String variable : variables) {
      if (!values.containsKey(variable)) {
        throw new IllegalArgumentException(
            "%s.%s has the name of no input: %s has %s"
                .formatted(
                    gradients.getSimpleName(),
                    variable,
                    inputs.getClass().getSimpleName(),
                    values.keySet()));
      }
    }
    // the same record: only its type argument differs
    @SuppressWarnings("unchecked")
    Class<A> type = (Class<A>) inputs.getClass();
    return ComputeThread.call(
        () -> {
          try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
              GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            values.forEach((name, value) -> arrays.put(name, manager.create(value)));
            variables.forEach(name -> arrays.get(name).setRequiresGradient(true));
            Map<String, NDArray> statistics = new LinkedHashMap<>();
            NDArray loss = formula.loss(NamedArrays.record(type, arrays::get), statistics);
            collector.backward(loss);
            Map<String, Double> numbers = new LinkedHashMap<>();
            statistics.forEach((name, value) -> numbers.put(name, value.toDoubleArray()[0]));
            return new ObjectiveResult<>(
                loss.toDoubleArray()[0],
                NamedArrays.record(gradients, name -> gradient(arrays.get(name))),
                numbers);
          }
        });
  }

  /** A variable that the loss does not use has a gradient of another type and shape. */
  private static double[] gradient(NDArray variable) {
    NDArray gradient = variable.getGradient();
    return gradient.getDataType() == DataType.FLOAT64
            && gradient.getShape().equals(variable.getShape())
        ? gradient.toDoubleArray()
        : new double[Math.toIntExact(variable.size())];
  }
}
