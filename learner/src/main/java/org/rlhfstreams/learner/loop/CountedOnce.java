package org.rlhfstreams.learner.loop;

import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.IdentityDigests;

/** The rule that a preference counts once by its id, however often it was published. */
final class CountedOnce {
  private final IdentityDigests seen = new IdentityDigests();
  private long duplicates;

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
