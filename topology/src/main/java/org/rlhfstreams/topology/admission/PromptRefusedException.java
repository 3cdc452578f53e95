package org.rlhfstreams.topology.admission;

/** A prompt that the policy cannot answer; the message says why. */
public final class PromptRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  public PromptRefusedException(String reason) {
    super(reason);
  }
}
