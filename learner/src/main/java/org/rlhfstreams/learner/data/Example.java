package org.rlhfstreams.learner.data;

/** Something to learn from, known by its identity in the log. */
public interface Example {
  /** The preference's or the rollout's id. */
  String id();
}
