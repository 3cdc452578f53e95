package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.events.TensorLayout;

/**
 * The tensors of a version while its chunks arrive. Each value goes to its place at once: a version
 * may be of any size, and is in memory no more than once.
 */
final class IncomingTensors {
  private final List<TensorLayout> layouts;
  private final List<float[]> values = new ArrayList<>();
  private int tensor;
  private int filled;

  /**
   * @param layouts for which {@link #problem} has found none
   */
  IncomingTensors(List<TensorLayout> layouts) {
    this.layouts = layouts;
    for (TensorLayout layout : layouts) {
      values.add(new float[Math.toIntExact(layout.getLength() / Float.BYTES)]);
    }
    skipFull();
  }

  /**
   * Why tensors cannot lie as a header says, if they cannot.
   *
   * @param bytes of the payload, as the header has it
   */
  static Optional<String> problem(List<TensorLayout> layouts, long bytes) {
    long end = 0;
    for (TensorLayout layout : layouts) {
      long length = layout.getLength();
      if (layout.getOffset() != end
          || length < 0
          || length % Float.BYTES != 0
          || length / Float.BYTES > Integer.MAX_VALUE - 8) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "tensor %s is said to have %d bytes from %d on, where the one before ends at %d",
                layout.getName(),
                length,
                layout.getOffset(),
                end));
      }
      long size = layout.getShape().stream().reduce(1L, (a, b) -> a * b);
      if (size * Float.BYTES != length) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "tensor %s of shape %s is said to have %d bytes",
                layout.getName(),
                layout.getShape(),
                length));
      }
      end += length;
    }
    return end == bytes
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT, "its tensors have %d bytes, its header says %d", end, bytes));
  }

  /**
   * Takes the next bytes.
   *
   * @return whether they were whole values that had room
   */
  boolean put(ByteBuffer data) {
    if (data.remaining() % Float.BYTES != 0) {
      return false;
    }
    ByteBuffer rest = data.order(ByteOrder.LITTLE_ENDIAN);
    while (rest.hasRemaining()) {
      if (isFull()) {
        return false;
      }
      float[] target = values.get(tensor);
      int count = Math.min(rest.remaining() / Float.BYTES, target.length - filled);
      rest.asFloatBuffer().get(target, filled, count);
      rest.position(rest.position() + count * Float.BYTES);
      filled += count;
      skipFull();
    }
    return true;
  }

  private void skipFull() {
    while (tensor < values.size() && filled == values.get(tensor).length) {
      tensor++;
      filled = 0;
    }
  }

  /** Whether every value has arrived. */
  boolean isFull() {
    return tensor == values.size();
  }

  /** The tensors, in the header's order. */
  List<PublishedTensor> tensors() {
    List<PublishedTensor> tensors = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      tensors.add(
          new PublishedTensor(layouts.get(i).getName(), layouts.get(i).getShape(), values.get(i)));
    }
    return tensors;
  }
}
