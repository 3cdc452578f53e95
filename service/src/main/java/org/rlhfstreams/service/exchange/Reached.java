package org.rlhfstreams.service.exchange;

import java.util.List;

/**
 * How far a group has come in a partition.
 *
 * @param offset the first that is still to be dealt with
 * @param finished offsets above it that have been dealt with too, ascending
 */
record Reached(long offset, List<Long> finished) {
  Reached {
    finished = List.copyOf(finished);
  }

  /** Of a member that finishes records in their order. */
  static Reached inOrder(long offset) {
    return new Reached(offset, List.of());
  }
}
