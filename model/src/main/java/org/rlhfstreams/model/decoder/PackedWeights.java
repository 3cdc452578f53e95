package org.rlhfstreams.model.decoder;

import ai.djl.ndarray.NDManager;
import org.rlhfstreams.model.torchscript.BoundTensors;
import org.rlhfstreams.model.torchscript.ComputeDevice;

/**
 * One version of a model's weights, laid out for {@link Decoder#infer}. It never changes. Used by
 * one thread at a time.
 */
public final class PackedWeights implements AutoCloseable {
  private final NDManager manager = ComputeDevice.newManager();
  private final BoundTensors tensors;

  private PackedWeights(Decoder decoder, Weights weights) {
    this.tensors = new BoundTensors(decoder.pack(manager, weights));
  }

  /**
   * Lays weights out; they may change or close afterwards.
   *
   * @param weights of the decoder's type
   */
  public static PackedWeights of(Decoder decoder, Weights weights) {
    return new PackedWeights(decoder, weights);
  }

  /** Lays weights out and closes them. */
  public static PackedWeights taking(Decoder decoder, Weights weights) {
    try (weights) {
      return of(decoder, weights);
    }
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
