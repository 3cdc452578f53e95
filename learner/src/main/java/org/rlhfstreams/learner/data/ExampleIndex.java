package org.rlhfstreams.learner.data;

import java.util.Arrays;

/**
 * Where each example lies in the log: the offset of its record and which of the record's examples
 * it is. One long an example, in the order of the log; a list that grows by half holds at most 12
 * bytes an example.
 */
public final class ExampleIndex {
  private static final int PART_BITS = 8;

  private long[] entries = new long[1024];
  private int size;

  /**
   * Adds the examples of a record.
   *
   * @param examples of it, at most 256
   */
  public void add(long offset, int examples) {
    if (examples > 1 << PART_BITS) {
      throw new IllegalArgumentException(examples + " examples of one record");
    }
    for (int part = 0; part < examples; part++) {
      if (size == entries.length) {
        entries = Arrays.copyOf(entries, Math.addExact(size, size / 2));
      }
      entries[size++] = offset << PART_BITS | part;
    }
  }

  /** Number of examples. */
  public int size() {
    return size;
  }

  /** Offset of an example's record. */
  public long offset(int example) {
    return entries[example] >>> PART_BITS;
  }

  /** Which of its record's examples it is, from 0. */
  public int part(int example) {
    return (int) (entries[example] & ((1 << PART_BITS) - 1));
  }
}
