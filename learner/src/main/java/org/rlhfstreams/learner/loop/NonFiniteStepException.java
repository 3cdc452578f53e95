package org.rlhfstreams.learner.loop;

import org.rlhfstreams.common.ExplainedException;

/** A step's numbers were not finite and the run is to stop then; the message names the batch. */
public final class NonFiniteStepException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  public NonFiniteStepException(String message) {
    super(message);
  }
}
