package org.rlhfstreams.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.NativeFloats;
import org.rlhfstreams.model.files.FloatValues;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/** A tensor of a model with its adapter merged into it, which exists while it is read. */
final class MergedFloats implements FloatValues {
  private final Decoder decoder;
  private final Argument weights;
  private final long index;

  /**
   * @param weights frozen ones, then the adapters; have to live until the values are read
   * @param index of the tensor among the frozen ones
   */
  MergedFloats(Decoder decoder, Argument weights, long index) {
    this.decoder = decoder;
    this.weights = weights;
    this.index = index;
  }

  @Override
  public float[] get() {
    try (NDManager scope = ComputeDevice.newManager()) {
      return new NativeFloats(merged(scope)).get();
    }
  }

  @Override
  public void inPieces(Taker taker) throws IOException {
    try (NDManager scope = ComputeDevice.newManager()) {
      new NativeFloats(merged(scope)).inPieces(taker);
    }
  }

  private NDArray merged(NDManager scope) {
    return decoder.run("merged_tensor", scope, weights, Argument.of(scope.create(index))).get(0);
  }
}
