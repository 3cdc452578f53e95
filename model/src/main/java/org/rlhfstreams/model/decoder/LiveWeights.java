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
    if (tensors.size() != specifications.size()) {
      throw new ModelException(
          "it has %d tensors where this model has %d: it is of another architecture"
              .formatted(tensors.size(), specifications.size()));
    }
    for (TensorSpecification specification : specifications) {
      float[] values = tensors.get(specification.name());
      if (values == null || values.length != specification.size()) {
        throw new ModelException(
            "tensor %s is %s, not of shape %s: it is of another architecture"
                .formatted(
                    specification.name(),
                    values == null ? "missing" : "of " + values.length + " elements",
                    specification.shape()));
      }
    }
    List<float[]> values =
        specifications.stream().map(tensor -> tensors.get(tensor.name())).toList();
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
