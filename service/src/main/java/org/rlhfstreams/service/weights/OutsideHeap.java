package org.rlhfstreams.service.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.kafka.common.utils.ByteBufferUnmapper;

/**
 * The rule that memory outside the Java heap is given back by hand: the collector, which looks at
 * the small heap alone, would do it late or never.
 */
final class OutsideHeap {
  private OutsideHeap() {}

  /** Takes zeroed bytes, little-endian. */
  static ByteBuffer take(int length) {
    return ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Gives them back.
   *
   * @param bytes as {@link #take} gave them; neither they nor a slice of them is touched again
   */
  static void free(ByteBuffer bytes) {
    try {
      ByteBufferUnmapper.unmap("weights", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
