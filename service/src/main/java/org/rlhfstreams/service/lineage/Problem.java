package org.rlhfstreams.service.lineage;

/** What a log may not have if everything in it counts exactly once. */
public enum Problem {
  /** Something has happened twice that may happen once. */
  DOUBLED("doubled"),
  /**
   * A stage is done with something, but the next one does not have it, and no dead letter says why.
   */
  LOST("lost"),
  /** Something was given up and counted all the same, or came out of nothing. */
  CONTRADICTED("contradicted"),
  /** Steps of a run that are missing, or out of their order. */
  STEPS("steps broken"),
  /** Weights that a step should have and that are not there, or that no step has made. */
  WEIGHTS("weights");

  private final String text;

  Problem(String text) {
    this.text = text;
  }

  /** For people. */
  public String text() {
    return text;
  }
}
