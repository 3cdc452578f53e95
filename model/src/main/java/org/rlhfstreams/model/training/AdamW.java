package org.rlhfstreams.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.NativeFloats;
import org.rlhfstreams.model.decoder.OptimizerSetting;
import org.rlhfstreams.model.decoder.TensorCopy;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.TensorValues;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;
import org.rlhfstreams.model.torchscript.ZeroPages;

/**
 * AdamW with decoupled weight decay on matrices (Loshchilov &amp; Hutter 2019, algorithm 2), its
 * moments, and the global gradient norm.
 */
final class AdamW implements AutoCloseable {
  private final Decoder decoder;
  private final OptimizerSettings settings;
  private final NDManager manager = ComputeDevice.newManager();
  private final List<NDArray> weights;
  private final List<NDArray> gradients;
  private final List<NDArray> firstMoments = new ArrayList<>();
  private final List<NDArray> secondMoments = new ArrayList<>();
  private final ZeroPages zeroPages = ZeroPages.ofSystem();
  private long step;

  AdamW(Decoder decoder, Weights weights, List<NDArray> gradients, OptimizerSettings settings) {
    this.decoder = decoder;
    this.settings = settings;
    this.weights = weights.tensors();
    this.gradients = gradients;
    for (NDArray weight : this.weights) {
      firstMoments.add(zeros(weight));
      secondMoments.add(zeros(weight));
    }
  }

  private NDArray zeros(NDArray weight) {
    NDArray zeros = ComputeThread.call(() -> manager.zeros(weight.getShape(), DataType.FLOAT32));
    if (settings.momentType() == ComputeType.FLOAT32) {
      return zeros;
    }
    try (zeros) {
      return settings.momentType().of(manager, zeros);
    }
  }

  /** The gradients' global L2 norm. */
  double gradientNorm() {
    try (NDManager scope = manager.newSubManager()) {
      return decoder.run("norm_of", scope, Argument.list(gradients)).get(0).getFloat();
    }
  }

  /** Clips, updates every weight, and clears the gradients. */
  void apply(double learningRate, double gradientNorm) {
    step++;
    try (NDManager scope = manager.newSubManager()) {
      double limit = settings.maxGradientNorm();
      if (limit > 0 && gradientNorm > limit) {
        NDArray factor = scope.create((float) (limit / (gradientNorm + 1e-6)));
        decoder.run("scale", scope, Argument.of(factor), Argument.list(gradients));
      }
      update(scope, learningRate, settings.weightDecay(), true);
      update(scope, learningRate, 0, false);
    }
    clearGradients();
  }

  /** Until the next backward pass adds to them, the large ones take no memory. */
  void clearGradients() {
    List<NDArray> others = zeroPages.clear(gradients);
    if (others.isEmpty()) {
      return;
    }
    try (NDManager scope = manager.newSubManager()) {
      decoder.run("zero", scope, Argument.of(scope.create(0f)), Argument.list(others));
    }
  }

  private void update(NDManager scope, double learningRate, double decay, boolean matrices) {
    OptimizerSetting[] names = OptimizerSetting.values();
    double[] values = new double[names.length];
    for (OptimizerSetting name : names) {
      values[name.code()] =
          switch (name) {
            case LEARNING_RATE -> learningRate;
            case BETA1 -> settings.beta1();
            case BETA2 -> settings.beta2();
            case WEIGHT_DECAY -> decay;
            case EPSILON -> settings.epsilon();
          };
    }
    List<List<NDArray>> lists = new ArrayList<>();
    for (List<NDArray> all : List.of(weights, gradients, firstMoments, secondMoments)) {
      lists.add(
          all.stream().filter(tensor -> (tensor.getShape().dimension() > 1) == matrices).toList());
    }
    if (lists.get(0).isEmpty()) {
      return;
    }
    decoder.run(
        settings.momentType() == ComputeType.FLOAT32 ? "adamw" : "adamw_half",
        scope,
        Argument.of(scope.create(values)),
        Argument.of(scope.create((float) step)),
        Argument.list(lists.get(0)),
        Argument.list(lists.get(1)),
        Argument.list(lists.get(2)),
        Argument.list(lists.get(3)));
  }

  /** First moments, then second ones, in the weights' order. */
  List<NDArray> moments() {
    List<NDArray> moments = new ArrayList<>(firstMoments);
    moments.addAll(secondMoments);
    return moments;
  }

  ComputeType momentType() {
    return settings.momentType();
  }

  /** Updates done so far. */
  long steps() {
    return step;
  }

  /** Continues after so many updates; the moments have been overwritten before. */
  void continueAfter(long steps) {
    step = steps;
    clearGradients();
  }

  OptimizerState state() {
    return new OptimizerState(step, readings(firstMoments), readings(secondMoments));
  }

  void restore(OptimizerState state) {
    step = state.step();
    assign(firstMoments, state.firstMoments());
    assign(secondMoments, state.secondMoments());
  }

  private static List<float[]> readings(List<NDArray> tensors) {
    return TensorValues.ofSources(tensors, NativeFloats::new);
  }

  private static void assign(List<NDArray> tensors, List<float[]> values) {
    if (tensors.size() != values.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "optimizer state has %d tensors, the model %d",
              values.size(),
              tensors.size()));
    }
    for (int i = 0; i < tensors.size(); i++) {
      TensorCopy.into(tensors.get(i), values.get(i));
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
