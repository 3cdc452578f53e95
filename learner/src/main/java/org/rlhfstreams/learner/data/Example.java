package org.rlhfstreams.learner.data;

/** Something to learn from, known by its identity in the log. */
public interface Example {
  /** The preference's or the rollout's id. */
  String id();

  /** How many of its rows were longer than the length and had a part left out. */
  default int truncatedRows() {
    return 0;
  }
}
