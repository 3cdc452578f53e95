package org.rlhfstreams.service.objective;

/** What an objective learns from. */
public enum ExampleKind {
  /** Scored rollouts, each by itself. */
  ROLLOUTS(1),
  /** All scored rollouts of a request together. */
  GROUPS(1),
  /** A chosen and a rejected response to one prompt. */
  PAIRS(1),
  /** Single responses, good or bad, each measured against another example's prompt. */
  LABELS(2),
  /** Texts, or prompts with one response. */
  TEXTS(1);

  private final int smallestBatch;

  ExampleKind(int smallestBatch) {
    this.smallestBatch = smallestBatch;
  }

  /** Examples that a batch has at least. */
  public int smallestBatch() {
    return smallestBatch;
  }

  /** Whether they are scored rollouts; else they are read from {@code preferences}. */
  public boolean fromRollouts() {
    return this == ROLLOUTS || this == GROUPS;
  }

  /** Whether they say how good a response is; else it is imitated. */
  public boolean judged() {
    return this != TEXTS;
  }
}
