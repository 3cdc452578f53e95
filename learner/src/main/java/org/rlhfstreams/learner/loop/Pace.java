package org.rlhfstreams.learner.loop;

import java.util.OptionalLong;

/** How fast steps are done. */
final class Pace {
  private final long startedAt = System.nanoTime();
  private final long firstStep;
  private long lastAt = startedAt;

  /**
   * @param firstStep steps that were done before
   */
  Pace(long firstStep) {
    this.firstStep = firstStep;
  }

  double sinceLastStep() {
    long now = System.nanoTime();
    double seconds = (now - lastAt) / 1e9;
    lastAt = now;
    return seconds;
  }

  OptionalLong remainingSeconds(long step, OptionalLong total) {
    if (total.isEmpty() || step == firstStep) {
      return OptionalLong.empty();
    }
    double seconds = (System.nanoTime() - startedAt) / 1e9 / (step - firstStep);
    return OptionalLong.of(Math.round(seconds * (total.getAsLong() - step)));
  }
}
