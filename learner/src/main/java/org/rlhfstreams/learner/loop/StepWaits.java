package org.rlhfstreams.learner.loop;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What a learner waited for, and how long, since the step before. One thread. */
final class StepWaits {
  private final Map<Cause, Double> seconds = new EnumMap<>(Cause.class);

  /** What there is to wait for. */
  enum Cause {
    /** A batch: rollouts that are sampled and scored, or rows that are read. */
    EXAMPLES("wait_seconds/examples"),
    /** The step before, that it leaves: its weights above all. */
    WEIGHTS("wait_seconds/weights"),
    /** Checkpoints and metrics, that they are written. */
    DISK("wait_seconds/disk");

    private final String metric;

    Cause(String metric) {
      this.metric = metric;
    }
  }

  /** Waits. */
  <T> T on(Cause cause, Supplier<T> wait) {
    long began = System.nanoTime();
    try {
      return wait.get();
    } finally {
      seconds.merge(cause, (System.nanoTime() - began) / 1e9, Double::sum);
    }
  }

  /** Waits. */
  boolean holds(Cause cause, BooleanSupplier wait) {
    return on(cause, wait::getAsBoolean);
  }

  /** Seconds by metric since this was last asked. */
  Map<String, Double> take() {
    Map<String, Double> taken = new LinkedHashMap<>();
    for (Cause cause : Cause.values()) {
      taken.put(cause.metric, seconds.getOrDefault(cause, 0.0));
    }
    seconds.clear();
    return taken;
  }
}
