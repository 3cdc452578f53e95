package org.rlhfstreams.schemas;

/** Bytes that are not the event that should stand there; the message is the reason. */
public final class UndecodableException extends Exception {
  private static final long serialVersionUID = 1L;

  public UndecodableException(String reason) {
    super(reason);
  }

  public UndecodableException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
