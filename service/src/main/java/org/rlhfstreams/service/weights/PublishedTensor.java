package org.rlhfstreams.service.weights;

import java.util.List;
import java.util.function.Supplier;

/**
 * A tensor of a weight version.
 *
 * @param name as in the checkpoint file
 * @param shape sizes, outermost first
 * @param source of the values, row-major float32; may read them anew each time
 */
public record PublishedTensor(String name, List<Long> shape, Supplier<float[]> source) {
  public PublishedTensor {
    shape = List.copyOf(shape);
  }

  /** A tensor whose values are in memory. */
  public PublishedTensor(String name, List<Long> shape, float[] values) {
    this(name, shape, () -> values);
  }

  /** The values; keep them no longer than they are needed. */
  public float[] values() {
    return source.get();
  }

  /** Number of values. */
  public long size() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
  }
}
