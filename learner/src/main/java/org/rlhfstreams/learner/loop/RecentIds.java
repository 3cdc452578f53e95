package org.rlhfstreams.learner.loop;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The rule that a rollout counts once by its id if its record is repeated within a window of the
 * log, whether a scorer wrote it twice or somebody copied topics. The rule follows from the records
 * of the window alone, and memory is bounded by it.
 */
final class RecentIds {
  private final long window;

  /** Newest offset by id, in the order of the offsets. */
  private final Map<String, Long> newest = new LinkedHashMap<>();

  private long repeated;

  /**
   * @param window records before one that are looked at
   */
  RecentIds(long window) {
    this.window = window;
  }

  /** Records before one that are looked at. */
  long window() {
    return window;
  }

  /**
   * Notes a record, each after those before it.
   *
   * @return whether no record of the window before it has the id
   */
  boolean isFirst(long offset, String id) {
    Iterator<Long> eldest = newest.values().iterator();
    while (eldest.hasNext() && eldest.next() < offset - window) {
      eldest.remove();
    }
    boolean first = newest.remove(id) == null;
    newest.put(id, offset);
    if (!first) {
      repeated++;
    }
    return first;
  }

  /** How many were not the first since this was last asked. */
  long takeRepeated() {
    long taken = repeated;
    repeated = 0;
    return taken;
  }

  /** Forgets all of them. */
  void clear() {
    newest.clear();
    repeated = 0;
  }
}
