package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;

/**
 * A tensor of a weight version.
 *
 * @param name as in the checkpoint file
 * @param shape sizes, outermost first
 * @param reading of its bytes
 */
public record PublishedTensor(String name, List<Long> shape, Reading reading) {
  /** Shows a tensor's bytes, as often as it is asked. */
  @FunctionalInterface
  public interface Reading {
    /**
     * Hands the bytes to somebody who keeps them no longer than the call.
     *
     * @param reader takes them: row-major, little-endian, in the type that is sent
     */
    void with(Consumer<ByteBuffer> reader);
  }

  public PublishedTensor {
    shape = List.copyOf(shape);
  }

  /** A float32 tensor whose values are in memory. */
  public static PublishedTensor ofFloats(String name, List<Long> shape, float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new PublishedTensor(name, shape, reader -> reader.accept(bytes.duplicate()));
  }

  /** Number of values. */
  public long size() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
  }
}
