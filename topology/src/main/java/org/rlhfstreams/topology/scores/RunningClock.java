package org.rlhfstreams.topology.scores;

import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The time that the join has run, in milliseconds. While it rests, scorers may rest too, and nobody
 * is late: neither a night without a controller nor a machine that sleeps uses up patience.
 */
final class RunningClock {
  private static final String KEY = "clock";

  /** A longer time between two looks was no running. */
  private static final long LONGEST_STEP = 5_000;

  /** So much may be forgotten by a restart; each note of it is a record. */
  private static final long NOTED_EVERY = 10_000;

  private final KeyValueStore<String, Long> store;
  private long now;
  private long noted;
  private long seen = -1;

  /**
   * @param store where what it has come to is kept
   */
  RunningClock(KeyValueStore<String, Long> store) {
    this.store = store;
    Long known = store.get(KEY);
    this.now = known == null ? 0 : known;
    this.noted = now;
  }

  /**
   * Goes on.
   *
   * @param wallClock milliseconds
   * @param waited whether anybody waits: else nothing needs to be noted
   */
  void look(long wallClock, boolean waited) {
    if (seen >= 0 && wallClock > seen) {
      now += Math.min(wallClock - seen, LONGEST_STEP);
    }
    seen = wallClock;
    if (waited && now - noted >= NOTED_EVERY) {
      store.put(KEY, now);
      noted = now;
    }
  }

  long now() {
    return now;
  }
}
