package org.rlhfstreams.learner.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/** The two kinds of run that write checkpoints. */
public enum RunKind {
  /** Learns what comes, obeys commands and is what admission follows. */
  FIRST_RUN("first-run"),
  /** Learns a range of the log again, into a generation of weights of its own. */
  REPLAY("replay");

  private final String text;

  RunKind(String text) {
    this.text = text;
  }

  /** The kind's name in a checkpoint. */
  public String text() {
    return text;
  }

  static Optional<RunKind> of(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
  }
}
