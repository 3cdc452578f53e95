package org.rlhfstreams.model.decoder;

import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.torchscript.NativeHeap;

/**
 * The weights in use, replaced by the next version as a whole: a version is either wholly in use or
 * not at all. One thread.
 */
public final class LiveWeights implements AutoCloseable {
  private final Decoder decoder;
  private final List<TensorSpecification> specifications;
  private PackedWeights active;

  /**
   * @param weights in use at first; closed here
   */
  public LiveWeights(Decoder decoder, Weights weights) {
    this.decoder = decoder;
    this.specifications = weights.specifications();
    this.active = PackedWeights.taking(decoder, weights);
  }

  /** The version in use. */
  public PackedWeights active() {
    return active;
  }

  /**
   * Takes another version into use, and closes the one before.
   *
   * @param tensors row-major values by tensor name
   * @throws ModelException where they are of another architecture; nothing has changed then
   */
  public PackedWeights take(Map<String, float[]> tensors) {
    List<float[]> values = TensorSpecification.inOrder(specifications, tensors);
    PackedWeights taken =
        PackedWeights.taking(decoder, Weights.of(specifications, values, decoder.type()));
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
