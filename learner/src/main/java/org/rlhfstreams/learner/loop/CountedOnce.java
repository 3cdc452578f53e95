package org.rlhfstreams.learner.loop;

import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.SeenIds;

/** The rule that a preference counts once by its id, however often it was published. */
final class CountedOnce {
  private final SeenIds seen;
  private long duplicates;

  /**
   * @param seen holds the ids; empty as yet
   */
  CountedOnce(SeenIds seen) {
    this.seen = seen;
  }

  /** Whether it has not been counted yet; it has been then. */
  boolean isNew(Preference preference) {
    boolean isNew = seen.add(preference.getPreferenceId());
    if (!isNew) {
      duplicates++;
    }
    return isNew;
  }

  /** Forgets one that was taken back: published again, it counts again. */
  void forget(Preference preference) {
    seen.remove(preference.getPreferenceId());
  }

  /** How many were not new. */
  long duplicates() {
    return duplicates;
  }
}
