package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.Optional;

/**
 * When enough has been gathered for a step.
 *
 * @param size of a full batch
 * @param smallest batch that the objective can learn from
 * @param maxWait after which the first example waits no longer for others; empty waits for all
 */
record BatchRule(int size, int smallest, Optional<Duration> maxWait) {
  /** Whether what has been gathered in a time goes as it is. */
  boolean goesShort(int gathered, long nanoseconds) {
    return gathered >= smallest && maxWait.isPresent() && nanoseconds >= maxWait.get().toNanos();
  }
}
