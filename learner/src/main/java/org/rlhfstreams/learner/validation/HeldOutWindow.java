package org.rlhfstreams.learner.validation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The newest preferences that are held out of a run that has no end. What is read ahead of a step
 * shows only once it is settled, so that a step always sees those that had come before it.
 *
 * @param <E> the kind of example
 */
public final class HeldOutWindow<E> {
  private final int size;
  private final Map<String, List<E>> held = new LinkedHashMap<>();
  private List<E> settled = List.of();

  /**
   * @param size preferences, at most; the oldest goes first
   */
  public HeldOutWindow(int size) {
    this.size = size;
  }

  /** Takes one in. */
  public void add(String preferenceId, List<E> examples) {
    held.put(preferenceId, List.copyOf(examples));
    if (held.size() > size) {
      Iterator<String> oldest = held.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** Drops one that was taken back. */
  public void remove(String preferenceId) {
    held.remove(preferenceId);
  }

  /** Drops all. */
  public void clear() {
    held.clear();
    settled = List.of();
  }

  /** Lets show what has come and gone. */
  public void settle() {
    List<E> rows = new ArrayList<>();
    held.values().forEach(rows::addAll);
    settled = List.copyOf(rows);
  }

  /** Their examples, oldest first, as they were settled last. */
  public List<E> rows() {
    return settled;
  }
}
