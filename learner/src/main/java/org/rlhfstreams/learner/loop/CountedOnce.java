package org.rlhfstreams.learner.loop;

import java.util.Optional;
import java.util.function.Function;
import org.rlhfstreams.learner.data.IdentityDigests;

/**
 * The rule that an event counts once by its id, however often it was published. It is remembered in
 * memory, 24 to 48 bytes an id, and follows from the log: after a restart it is told the ids again.
 *
 * @param <V> the kind of event
 */
final class CountedOnce<V> {
  private final Optional<Function<V, String>> id;
  private final IdentityDigests seen = new IdentityDigests();
  private long duplicates;

  private CountedOnce(Optional<Function<V, String>> id) {
    this.id = id;
  }

  /** Events that others may publish twice. */
  static <V> CountedOnce<V> by(Function<V, String> id) {
    return new CountedOnce<>(Optional.of(id));
  }

  /** Events of which the log has each once: they left in the transaction of what they answer. */
  static <V> CountedOnce<V> already() {
    return new CountedOnce<>(Optional.empty());
  }

  /** Whether it has to be told what was counted before. */
  boolean remembers() {
    return id.isPresent();
  }

  /** Whether it has not been counted yet; it has been then. */
  boolean isNew(V event) {
    boolean isNew = id.isEmpty() || seen.add(id.get().apply(event));
    if (!isNew) {
      duplicates++;
    }
    return isNew;
  }

  /** How many were none. */
  long duplicates() {
    return duplicates;
  }

  /** Forgets all. */
  void clear() {
    seen.clear();
    duplicates = 0;
  }
}
