package org.rlhfstreams.learner.data;

/** A record that cannot be learned from; the message is the reason in its dead letter. */
public final class UnusableException extends Exception {
  private static final long serialVersionUID = 1L;

  public UnusableException(String reason) {
    super(reason);
  }
}
