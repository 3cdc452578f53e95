package org.rlhfstreams.learner.checkpoint;

import org.rlhfstreams.common.ExplainedException;

/** A checkpoint cannot be written or read; the message names it and what to do. */
public final class CheckpointException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  public CheckpointException(String message) {
    super(message);
  }

  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
