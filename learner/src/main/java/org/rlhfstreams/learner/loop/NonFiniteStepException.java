package org.rlhfstreams.learner.loop;

/** A step's numbers were not finite and the run is to stop then; the message names the batch. */
public final class NonFiniteStepException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NonFiniteStepException(String message) {
    super(message);
  }
}
