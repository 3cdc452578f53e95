package org.rlhfstreams.model.memory;

import java.util.Comparator;
import java.util.List;

/**
 * Predicted resident memory of a process that does one task.
 *
 * @param phases the points of the task at which it can be highest, in order; at least one
 */
public record MemoryEstimate(List<MemoryPhase> phases) {
  public MemoryEstimate {
    phases = List.copyOf(phases);
  }

  /** The point at which most is resident. */
  public MemoryPhase peak() {
    return phases.stream().max(Comparator.comparingLong(MemoryPhase::total)).orElseThrow();
  }

  /** Resident bytes at the peak. */
  public long bytes() {
    return peak().total();
  }
}
