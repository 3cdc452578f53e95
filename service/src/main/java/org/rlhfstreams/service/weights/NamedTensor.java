package org.rlhfstreams.service.weights;

import java.util.List;

/**
 * A tensor of a weight version.
 *
 * @param name as in the checkpoint file
 * @param shape sizes, outermost first
 * @param values row-major float32
 */
public record NamedTensor(String name, List<Long> shape, float[] values) {
  public NamedTensor {
    shape = List.copyOf(shape);
  }
}
