package org.rlhfstreams.worker.completion;

/** A job that is not taken; the message says why and what to do. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why a job is not taken. */
  public enum Reason {
    /** The policy's weights have not arrived, or the worker is closing. */
    UNREADY,
    /** Too much is waiting. */
    FULL,
    /** It asks for more than ever can wait. */
    TOO_LARGE
  }

  private final Reason reason;

  public RefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
