package org.rlhfstreams.scorers.remote;

/** A call that was given up, with why. */
public final class RemoteFailureException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean tryAgain;
  private final boolean blamesContent;

  RemoteFailureException(String reason, boolean tryAgain, boolean blamesContent) {
    super(reason, null, false, false);
    this.tryAgain = tryAgain;
    this.blamesContent = blamesContent;
  }

  /** Whether the same call may succeed at another time. */
  public boolean tryAgain() {
    return tryAgain;
  }

  /** Whether it may be what was sent that the service fails on, so that parts of it may succeed. */
  public boolean blamesContent() {
    return blamesContent;
  }
}
