package org.rlhfstreams.service.objective;

/** What an objective learns from. */
public enum ExampleKind {
  /** Scored rollouts, each by itself. */
  ROLLOUTS("rollouts", 1),
  /** All scored rollouts of a request together. */
  GROUPS("groups of rollouts", 1),
  /** A chosen and a rejected response to one prompt. */
  PAIRS("pairs", 1),
  /** Single responses, good or bad, each measured against another example's prompt. */
  LABELS("labelled responses, pairs", 2),
  /** Texts, or prompts with one response. */
  TEXTS("texts", 1);

  private final String text;
  private final int smallestBatch;

  ExampleKind(String text, int smallestBatch) {
    this.text = text;
    this.smallestBatch = smallestBatch;
  }

  /** As documentation has it. */
  public String text() {
    return text;
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
