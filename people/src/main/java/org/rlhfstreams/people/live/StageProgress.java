package org.rlhfstreams.people.live;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What one stage has done of its topic, from looks at how far the topic and the stage are. How long
 * the oldest record waits follows from when the topic first was beyond where the stage is now.
 */
final class StageProgress {
  private static final int MOST = 300;
  private static final double NANOS = 1e9;

  private final Deque<Look> looks = new ArrayDeque<>();

  /**
   * A look.
   *
   * @param end records of the topic so far
   * @param done records of it that the stage has finished
   */
  void look(long nanos, long end, long done) {
    looks.addLast(new Look(nanos, end, done));
    if (looks.size() > MOST) {
      looks.removeFirst();
    }
  }

  long lag() {
    Look last = looks.getLast();
    return Math.max(0, last.end() - last.done());
  }

  /** Over the last looks, half a minute at most. */
  double rate() {
    Look last = looks.getLast();
    Look first = last;
    for (Look look : looks) {
      if (last.nanos() - look.nanos() <= 30 * NANOS) {
        first = look;
        break;
      }
    }
    double seconds = (last.nanos() - first.nanos()) / NANOS;
    return seconds > 0 ? Math.max(0, (last.done() - first.done()) / seconds) : 0;
  }

  double oldestSeconds() {
    Look last = looks.getLast();
    for (Look look : looks) {
      if (look.end() > last.done()) {
        return (last.nanos() - look.nanos()) / NANOS;
      }
    }
    return 0;
  }

  private record Look(long nanos, long end, long done) {}
}
