package org.rlhfstreams.model.files;

import java.util.List;

/**
 * A tensor as a safetensors header describes it.
 *
 * @param start first byte, counted from the end of the header
 * @param end one behind the last byte
 */
record StoredTensor(String name, ElementType type, List<Long> shape, long start, long end) {
  StoredTensor {
    shape = List.copyOf(shape);
  }

  long bytes() {
    return end - start;
  }

  long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
