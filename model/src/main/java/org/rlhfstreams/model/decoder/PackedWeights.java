package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.torchscript.BoundTensors;
import org.rlhfstreams.model.torchscript.TorchRuntime;

/**
 * One version of a model's weights, laid out for {@link Decoder#infer}. It never changes. Used by
 * one thread at a time.
 */
public final class PackedWeights implements AutoCloseable {
  private final NDManager manager;
  private final BoundTensors tensors;

  /**
   * @param manager that owns the tensors; closed here
   * @param tensors as {@link WeightPacking} lays them out
   */
  PackedWeights(NDManager manager, List<NDArray> tensors) {
    this.manager = manager;
    this.tensors = new BoundTensors(tensors);
  }

  /**
   * Lays weights out and closes them.
   *
   * @param weights of the decoder's type
   */
  public static PackedWeights taking(Decoder decoder, Weights weights) {
    try (weights) {
      return WeightPacking.of(decoder, weights).finished();
    }
  }

  /**
   * Lays the weights of a model directory out as they are read.
   *
   * @throws org.rlhfstreams.model.ModelException where one holds a number that is not finite
   */
  public static PackedWeights read(Decoder decoder, ModelDirectory directory) {
    TorchRuntime.prepare();
    return WeightPacking.of(decoder, directory).finished();
  }

  /** All tensors as one argument of an inference method. */
  public BoundTensors argument() {
    return tensors;
  }

  @Override
  public void close() {
    tensors.close();
    manager.close();
  }
}
