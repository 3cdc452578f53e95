package org.rlhfstreams.scorers.remote;

/** An answer that makes no sense. */
public final class UnusableAnswerException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * An answer that makes no sense.
   *
   * @param reason for people
   */
  public UnusableAnswerException(String reason) {
    super(reason, null, false, false);
  }
}
