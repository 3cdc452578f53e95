package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Finds the elements of a version whose bits differ from those of the one before. */
final class ChangedElements {
  private final WeightImage before;
  private final List<PublishedTensor> now;

  ChangedElements(WeightImage before, List<PublishedTensor> now) {
    this.before = before;
    this.now = now;
  }

  /** Takes changed elements. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Takes one.
     *
     * @param position among all elements
     * @param value its bits now
     */
    void take(long position, int value);
  }

  /**
   * Shows them, in their order.
   *
   * @param enough asked after each tensor; ends it
   */
  void visit(Visitor visitor, BooleanSupplier enough) {
    for (int i = 0; i < now.size() && !enough.getAsBoolean(); i++) {
      ByteBuffer old = before.tensor(i);
      long first = before.layouts().get(i).getOffset() / before.type().bytes();
      now.get(i)
          .reading()
          .with(
              bytes ->
                  compare(old, bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN), first, visitor));
    }
  }

  private void compare(ByteBuffer old, ByteBuffer bytes, long first, Visitor visitor) {
    int width = before.type().bytes();
    int start = bytes.position();
    int length = bytes.remaining();
    int at = 0;
    while (at < length) {
      int difference = old.position(at).mismatch(bytes.position(start + at));
      if (difference < 0) {
        return;
      }
      at += difference / width * width;
      int value = width == 2 ? bytes.getShort(start + at) & 0xFFFF : bytes.getInt(start + at);
      visitor.take(first + at / width, value);
      at += width;
    }
  }
}
