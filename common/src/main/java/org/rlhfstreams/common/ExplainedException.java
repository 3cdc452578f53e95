package org.rlhfstreams.common;

/**
 * A problem that a user can solve: the message says what was wrong, where, and what to do. A
 * command prints the message alone, without a stack trace, and ends with {@link #exitCode()}.
 */
public class ExplainedException extends RuntimeException {
  /** Exit code of a command that was used rightly and failed. */
  public static final int FAILED = 1;

  /** Exit code of a command that was used wrongly. */
  public static final int MISUSED = 2;

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  public ExplainedException(String message) {
    this(message, null);
  }

  public ExplainedException(String message, Throwable cause) {
    this(FAILED, message, cause);
  }

  /**
   * @param exitCode {@link #FAILED} or {@link #MISUSED}
   */
  protected ExplainedException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** How a command ends that it stops: 1 if it failed, 2 if it was used wrongly. */
  public final int exitCode() {
    return exitCode;
  }
}
