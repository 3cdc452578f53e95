package org.rlhfstreams.common;

/**
 * A problem that a user can solve: the message says what was wrong, where, and what to do. It is
 * printed as it is, without a stack trace.
 */
public class ExplainedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ExplainedException(String message) {
    super(message);
  }

  public ExplainedException(String message, Throwable cause) {
    super(message, cause);
  }
}
