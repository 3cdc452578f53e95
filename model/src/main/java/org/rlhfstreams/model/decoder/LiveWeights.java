package org.rlhfstreams.model.decoder;

import org.rlhfstreams.common.tensors.TensorBytes;
import org.rlhfstreams.model.torchscript.NativeHeap;

/**
 * The weights in use, replaced by the next version as a whole: a version is either wholly in use or
 * not at all. One thread.
 */
public final class LiveWeights implements AutoCloseable {
  private final Decoder decoder;
  private PackedWeights active;

  /**
   * @param weights in use at first; closed here
   */
  public LiveWeights(Decoder decoder, Weights weights) {
    this.decoder = decoder;
    this.active = PackedWeights.taking(decoder, weights);
  }

  /** The version in use. */
  public PackedWeights active() {
    return active;
  }

  /**
   * Begins to lay another version out; {@link #take} ends it.
   *
   * @param source has the tensors of the model, in any type
   */
  public WeightPacking begin(TensorBytes source) {
    return WeightPacking.of(decoder, source);
  }

  /**
   * Takes another version into use, and closes the one before.
   *
   * @param packing does what is left of it
   * @throws org.rlhfstreams.model.ModelException where a tensor holds a number that is not finite;
   *     nothing has changed then
   */
  public PackedWeights take(WeightPacking packing) {
    return take(packing.finished());
  }

  /**
   * The same with weights that are in memory.
   *
   * @param weights of the decoder's type; closed here
   */
  public PackedWeights take(Weights weights) {
    return take(PackedWeights.taking(decoder, weights));
  }

  private PackedWeights take(PackedWeights taken) {
    active.close();
    active = taken;
    NativeHeap.release();
    return active;
  }

  @Override
  public void close() {
    active.close();
  }
}
