package org.rlhfstreams.people.publish;

import java.time.Instant;
import java.util.Optional;
import org.rlhfstreams.events.Preference;

/** The record that takes a preference back; it tells nothing of what it takes back. */
public final class PreferenceWithdrawal {
  private PreferenceWithdrawal() {}

  /** Of the preference of an id. */
  public static Preference of(String preferenceId, Instant now) {
    return of(preferenceId, Optional.empty(), now);
  }

  /**
   * Of a revision that prefers nothing.
   *
   * @param comparisonId the question that its task asks, if it asks one
   */
  static Preference of(String preferenceId, Optional<String> comparisonId, Instant now) {
    return Preference.newBuilder()
        .setPreferenceId(preferenceId)
        .setPrompt("")
        .setChosen("")
        .setSource("withdrawn")
        .setComparisonId(comparisonId.orElse(null))
        .setCreatedAt(now)
        .setWithdrawn(true)
        .build();
  }
}
