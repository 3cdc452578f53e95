package org.rlhfstreams.learner.data;

/** Which ids have been seen. */
public interface SeenIds {
  /**
   * Notes an id.
   *
   * @return whether it is new
   */
  boolean add(String id);

  /** Forgets an id, whether it had been noted or not. */
  void remove(String id);
}
