package org.rlhfstreams.service.exchange;

import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * The rule what is still to be done in a partition whose records are finished in any order:
 * everything from the lowest unfinished offset on, but what is finished above it. Both are written
 * with what became of the records, so that one that is read again is not done again. One thread.
 */
final class PartitionProgress {
  /** Offsets finished above the lowest unfinished one; with more, no further record is begun. */
  static final int MOST_FINISHED = 1024;

  private final TreeSet<Long> begun = new TreeSet<>();
  private final TreeSet<Long> finished;
  private long next;

  PartitionProgress(Reached reached) {
    this.next = reached.offset();
    this.finished = new TreeSet<>(reached.finished());
  }

  /** Whether a record that is read now was dealt with before; they are read in their order. */
  boolean isFinished(long offset) {
    return offset < next || finished.contains(offset);
  }

  /** The record is begun. */
  void begin(long offset) {
    begun.add(offset);
    pass(offset);
  }

  /** The record is behind, whether it was begun now or finished before. */
  void pass(long offset) {
    next = Math.max(next, offset + 1);
  }

  /** What the record became is about to be committed. */
  void finish(long offset) {
    begun.remove(offset);
    finished.add(offset);
  }

  /**
   * Whether so much is finished above the lowest unfinished record that nothing is begun. What lies
   * below a finished one may always be: it is what the others wait for.
   */
  boolean isFull() {
    return finished.size() >= MOST_FINISHED && next > finished.last();
  }

  /** The oldest record that is begun and not finished. */
  OptionalLong oldest() {
    return begun.isEmpty() ? OptionalLong.empty() : OptionalLong.of(begun.first());
  }

  /** To be committed. */
  Reached reached() {
    if (begun.isEmpty()) {
      while (finished.contains(next)) {
        next++;
      }
    }
    long offset = begun.isEmpty() ? next : begun.first();
    finished.headSet(offset).clear();
    return new Reached(offset, finished.stream().toList());
  }
}
