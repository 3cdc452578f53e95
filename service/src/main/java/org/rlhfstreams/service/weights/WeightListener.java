package org.rlhfstreams.service.weights;

import org.rlhfstreams.events.WeightVersion;

/** Hears of versions that cannot be used. */
@FunctionalInterface
public interface WeightListener {
  /** The version is left out; the reader keeps the one before it. */
  void refused(WeightVersion version, String reason);
}
