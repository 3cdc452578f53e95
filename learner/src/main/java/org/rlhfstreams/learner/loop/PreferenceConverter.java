package org.rlhfstreams.learner.loop;

import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.UnusableException;

/**
 * From a preference to an example of one objective.
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
  E convert(Preference preference) throws UnusableException;
}
