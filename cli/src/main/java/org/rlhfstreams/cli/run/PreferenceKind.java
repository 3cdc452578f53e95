package org.rlhfstreams.cli.run;

import java.util.Locale;
import org.rlhfstreams.events.Preference;

/** What a preference is; a data set has rows of one kind. */
public enum PreferenceKind {
  /** A response that is better than another. */
  PAIR,
  /** A response that is good or bad. */
  LABEL,
  /** A response that shows how. */
  DEMONSTRATION;

  /** The kind of a preference. */
  public static PreferenceKind of(Preference preference) {
    if (preference.getRejected() != null) {
      return PAIR;
    }
    return preference.getLabel() == null ? DEMONSTRATION : LABEL;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
