package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The rule when a learner that waits for rollouts sends its newest version once more: workers that
 * have refused a version, or missed a part of it, sample nothing until a whole one comes, and
 * without rollouts there would be none. A wait that was in vain makes the next one twice as long,
 * so that a run that rests costs little; a batch that needed no repetition makes it as short as at
 * first. One thread.
 */
final class WeightRepeat {
  private static final int MOST_DOUBLINGS = 6;

  private final long first;
  private final LongSupplier clock;
  private long waitingSince;
  private int repeated;
  private boolean sentInThisWait;

  /**
   * @param first how long the first wait is
   */
  WeightRepeat(Duration first) {
    this(first, System::nanoTime);
  }

  /**
   * @param clock nanoseconds
   */
  WeightRepeat(Duration first, LongSupplier clock) {
    this.first = first.toNanos();
    this.clock = clock;
    this.waitingSince = clock.getAsLong();
  }

  /** Whether the learner has waited so long. */
  boolean isDue() {
    return clock.getAsLong() - waitingSince >= first << Math.min(repeated, MOST_DOUBLINGS);
  }

  /** The version has been sent once more. */
  void sent() {
    repeated++;
    sentInThisWait = true;
    waitingSince = clock.getAsLong();
  }

  /** The learner has a step's rollouts, and waits for the next from when it has learned them. */
  void learned() {
    if (!sentInThisWait) {
      repeated = 0;
    }
    sentInThisWait = false;
    waitingSince = clock.getAsLong();
  }
}
