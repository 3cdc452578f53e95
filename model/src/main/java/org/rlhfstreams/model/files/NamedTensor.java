package org.rlhfstreams.model.files;

import java.util.List;

/**
 * Values of a tensor under its name, in memory or read when they are asked for.
 *
 * @param name unique in the file or state that it belongs to
 * @param shape sizes, outermost first
 * @param source of the values, row-major float32; may read them anew each time
 */
public record NamedTensor(String name, List<Long> shape, FloatValues source) {
  public NamedTensor {
    shape = List.copyOf(shape);
  }

  /** The values; keep them no longer than they are needed. */
  public float[] values() {
    return source.get();
  }
}
