package org.rlhfstreams.scorers;

/** Ends the scoring of one response with a refusal. */
public final class RefusalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean tryAgain;

  /**
   * A refusal that would be the same the next time.
   *
   * @param reason for people
   */
  public RefusalException(String reason) {
    this(reason, false);
  }

  /**
   * A refusal.
   *
   * @param reason for people
   * @param tryAgain whether another time may be better
   */
  public RefusalException(String reason, boolean tryAgain) {
    super(reason, null, false, false); // no stack trace: a run may have many
    this.tryAgain = tryAgain;
  }

  /** What the response gets in place of a value. */
  public ScoreRefusal refusal() {
    return new ScoreRefusal(getMessage(), tryAgain);
  }
}
