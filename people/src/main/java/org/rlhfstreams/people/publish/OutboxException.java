package org.rlhfstreams.people.publish;

/** It is not known whether records are in the log. */
public final class OutboxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OutboxException(String message) {
    super(message);
  }
}
