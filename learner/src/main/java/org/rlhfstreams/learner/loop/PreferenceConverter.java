package org.rlhfstreams.learner.loop;

import org.rlhfstreams.events.Preference;

/**
 * From a preference to examples of one objective: one, or several.
 *
 * @param <E> the kind of example
 */
@FunctionalInterface
public interface PreferenceConverter<E> extends EventConverter<Preference, E> {}
