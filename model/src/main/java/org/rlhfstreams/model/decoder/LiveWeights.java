package org.rlhfstreams.model.decoder;

import org.rlhfstreams.common.tensors.TensorBytes;
import org.rlhfstreams.model.files.ModelDirectory;
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

  /** The weights of a model directory at first. */
  public LiveWeights(Decoder decoder, ModelDirectory directory) {
    this.decoder = decoder;
    this.active = PackedWeights.read(decoder, directory);
  }

  /** The version in use. */
  public PackedWeights active() {
    return active;
  }

  /**
   * Begins to lay another version out; {@link #take} ends it. Passes have left gaps, which its
   * tensors would fill only in part: their memory goes back first.
   *
   * @param source has the tensors of the model, in any type
   */
  public WeightPacking begin(TensorBytes source) {
    NativeHeap.releaseNowAndThen();
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

  /**
   * Takes another version into use in the place of the one before, whose memory it gets: for when
   * nobody computes with that.
   *
   * @param source has the tensors of the model, in any type
   * @throws org.rlhfstreams.model.ModelException where a tensor holds a number that is not finite;
   *     nothing has changed then
   */
  public PackedWeights replace(TensorBytes source) {
    FiniteNumbers.require(source, decoder.configuration().tensors());
    active.close();
    NativeHeap.release(); // its gaps are not those that the next one's tensors fit into
    active = WeightPacking.of(decoder, source).finished();
    NativeHeap.release();
    return active;
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
