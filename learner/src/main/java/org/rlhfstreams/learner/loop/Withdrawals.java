package org.rlhfstreams.learner.loop;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.rlhfstreams.events.Preference;

/**
 * The rule that a preference which was taken back does not count, but for one of the same id that
 * was published afterwards. Holds the newest place of each id that was taken back.
 */
final class Withdrawals {
  private final Map<String, Long> newest = new HashMap<>();

  /** Notes a record that takes a preference back. */
  void note(Preference withdrawn, long offset) {
    newest.merge(withdrawn.getPreferenceId(), offset, Math::max);
  }

  /** Whether a later record takes a preference back. */
  boolean takeBack(Preference preference, long offset) {
    return newest.getOrDefault(preference.getPreferenceId(), -1L) > offset;
  }

  /** Ids that were taken back at some place. */
  Set<String> ids() {
    return Set.copyOf(newest.keySet());
  }

  boolean isEmpty() {
    return newest.isEmpty();
  }
}
