package org.rlhfstreams.learner.loop;

import java.util.List;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.UnusableException;

/**
 * From a preference to examples of one objective: one, or several.
 *
 * @param <E> the kind of example
 */
@FunctionalInterface
public interface PreferenceConverter<E> {
  /**
   * Converts one.
   *
   * @throws UnusableException with the reason for its dead letter
   */
  List<E> convert(Preference preference) throws UnusableException;

  /** Forgets what was kept of a preference that is taken back. */
  default void withdraw(String preferenceId) {}
}
