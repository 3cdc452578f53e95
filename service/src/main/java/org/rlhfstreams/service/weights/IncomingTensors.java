package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
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
   * @param layouts for which {@link HeaderRules} has found no problem
   */
  IncomingTensors(List<TensorLayout> layouts) {
    this.layouts = layouts;
    for (TensorLayout layout : layouts) {
      values.add(new float[Math.toIntExact(layout.getLength() / Float.BYTES)]);
    }
    skipFull();
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
