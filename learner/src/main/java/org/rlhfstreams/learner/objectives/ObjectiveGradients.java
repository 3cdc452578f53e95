package org.rlhfstreams.learner.objectives;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Automatic differentiation of an objective over small float64 arrays. */
public final class ObjectiveGradients {
  // DJL allows one gradient collector in a process at a time.
  private static final Object ONE_AT_A_TIME = new Object();

  private ObjectiveGradients() {}

  /**
   * Evaluates a formula and differentiates its loss.
   *
   * @param variables arrays to differentiate by, each [n]
   * @param constants further arrays, handed to the formula after the variables
   * @param formula from all arrays, in order, to the loss and the statistics
   */
  public static ObjectiveResult evaluate(
      List<double[]> variables,
      List<double[]> constants,
      BiFunction<List<NDArray>, Map<String, NDArray>, NDArray> formula) {
    synchronized (ONE_AT_A_TIME) {
      try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
          GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
        List<NDArray> arrays = new ArrayList<>();
        for (double[] variable : variables) {
          NDArray array = manager.create(variable);
          array.setRequiresGradient(true);
          arrays.add(array);
        }
        constants.forEach(constant -> arrays.add(manager.create(constant)));
        Map<String, NDArray> statistics = new LinkedHashMap<>();
        NDArray loss = formula.apply(arrays, statistics);
        collector.backward(loss);
        List<double[]> gradients = new ArrayList<>();
        for (int i = 0; i < variables.size(); i++) {
          gradients.add(gradient(arrays.get(i)));
        }
        Map<String, Double> numbers = new LinkedHashMap<>();
        statistics.forEach((name, value) -> numbers.put(name, value.toDoubleArray()[0]));
        return new ObjectiveResult(loss.toDoubleArray()[0], gradients, numbers);
      }
    }
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
