package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Finds the elements of a version whose bits differ from those of the one before. */
final class ChangedElements {
  private static final int SAME = 8; // words without a change, after which the next one is searched
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
    int start = bytes.position();
    int length = bytes.remaining();
    int at = 0;
    while (at < length) {
      int difference = old.position(at).mismatch(bytes.position(start + at));
      if (difference < 0) {
        return;
      }
      // changes are seldom alone: a search for each would cost more than looking at all around it
      at = (at + difference) / Long.BYTES * Long.BYTES;
      int same = 0;
      while (at < length && same < SAME) {
        int count = Math.min(Long.BYTES, length - at);
        long now = word(bytes, start + at, count);
        long changed = now ^ word(old, at, count);
        if (changed == 0) {
          same++;
        } else {
          same = 0;
          show(changed, now, count, first + at / before.type().bytes(), visitor);
        }
        at += count;
      }
    }
  }

  private static long word(ByteBuffer bytes, int at, int count) {
    if (count == Long.BYTES) {
      return bytes.getLong(at);
    }
    long word = 0;
    for (int i = count - 1; i >= 0; i--) {
      word = (word << Byte.SIZE) | (bytes.get(at + i) & 0xFF);
    }
    return word;
  }

  /** Of so many bytes, the elements that have a bit changed. */
  private void show(long changed, long now, int count, long position, Visitor visitor) {
    int bits = Byte.SIZE * before.type().bytes();
    long mask = (1L << bits) - 1;
    for (int i = 0; bits * i < Byte.SIZE * count; i++) {
      if ((changed >>> (bits * i) & mask) != 0) {
        visitor.take(position + i, (int) (now >>> (bits * i) & mask));
      }
    }
  }
}
