package org.rlhfstreams.model.decoder;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;

/**
 * Two copies of one architecture's weights: one in use, one that the next version is written into,
 * so that a version is either wholly in use or not at all. One thread.
 */
public final class LiveWeights implements AutoCloseable {
  private Weights active;
  private Weights spare;

  /**
   * @param weights in use at first; closed with this object
   */
  public LiveWeights(Weights weights) {
    this.active = weights;
    this.spare = weights.copy();
  }

  /** The version in use. */
  public Weights active() {
    return active;
  }

  /**
   * Takes another version into use.
   *
   * @param tensors row-major values by tensor name
   * @throws ModelException where they are of another architecture; nothing has changed then
   */
  public Weights take(Map<String, float[]> tensors) {
    List<TensorSpecification> specifications = active.specifications();
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
    for (int i = 0; i < specifications.size(); i++) {
      spare.assign(i, FloatBuffer.wrap(tensors.get(specifications.get(i).name())));
    }
    Weights taken = spare;
    spare = active;
    active = taken;
    return active;
  }

  @Override
  public void close() {
    active.close();
    spare.close();
  }
}
