package org.rlhfstreams.learner.loop;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The rule that a rollout counts once by its id, wherever a record of it stands a second time
 * within a window of the log: by a scorer that repeats itself, or by whoever copies topics. Follows
 * from the records of the window alone; memory is bounded by it.
 */
final class RecentIds {
  private final long window;
  private final Deque<Seen> order = new ArrayDeque<>();
  private final Map<String, Long> newest = new HashMap<>();
  private long repeated;

  private record Seen(long offset, String id) {}

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
    while (!order.isEmpty() && order.peek().offset() < offset - window) {
      Seen old = order.remove();
      newest.remove(old.id(), old.offset());
    }
    order.add(new Seen(offset, id));
    boolean first = newest.put(id, offset) == null;
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
    order.clear();
    newest.clear();
    repeated = 0;
  }
}
