package org.rlhfstreams.service.lineage;

import java.util.List;

/**
 * The steps of a run, by {@code training-metrics}.
 *
 * @param objective as its steps name it
 * @param steps records of steps
 * @param examples that they learned from, those included that are learned several times on purpose
 * @param skipped steps that were not finite and changed no weights
 * @param generations of weights, oldest first; rollbacks have ended all but the last
 */
public record RunAccount(
    String runId,
    String objective,
    long steps,
    long examples,
    long skipped,
    List<Generation> generations) {
  public RunAccount {
    generations = List.copyOf(generations);
  }

  /**
   * Steps between two rollbacks.
   *
   * @param first step in the log
   * @param last step in the log
   */
  public record Generation(int number, long first, long last) {}
}
