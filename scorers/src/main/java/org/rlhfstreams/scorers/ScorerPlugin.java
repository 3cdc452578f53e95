package org.rlhfstreams.scorers;

import java.util.Map;

/**
 * Makes a scorer of somebody else's. An implementation is public, has a public constructor without
 * parameters, and is named in {@code META-INF/services/org.rlhfstreams.scorers.ScorerPlugin} of a
 * jar on the plug-in path. It runs in a process of its own.
 */
public interface ScorerPlugin {
  /** What the setting {@code plugin} calls it. */
  String name();

  /**
   * Makes the scorer; called once in each process.
   *
   * @param settings those that begin with {@code with.}, without that beginning
   */
  Scorer create(Map<String, String> settings);
}
