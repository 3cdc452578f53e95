package org.rlhfstreams.common.tensors;

import java.nio.ByteBuffer;

/** Tensors of which parts can be read, by name. */
public interface TensorBytes {
  /** Where they come from, for messages. */
  String origin();

  /** How a tensor's elements are stored, by the name that safetensors has for it, such as BF16. */
  String elementType(String tensor);

  /**
   * A part of a tensor's bytes as they are stored, row-major, little-endian, outside the Java heap;
   * not to be kept.
   *
   * @param from where the part begins, in bytes
   * @param length in bytes
   * @throws IllegalArgumentException where there is no such tensor
   */
  ByteBuffer bytes(String tensor, long from, int length);
}
