package org.rlhfstreams.learner.loop;

import java.util.List;
import org.rlhfstreams.learner.data.UnusableException;

/**
 * From an event to examples of one objective: one, or several.
 *
 * @param <V> the kind of event
 * @param <E> the kind of example
 */
@FunctionalInterface
public interface EventConverter<V, E> {
  /**
   * Converts one.
   *
   * @throws UnusableException with the reason for its dead letter
   */
  List<E> convert(V event) throws UnusableException;
}
