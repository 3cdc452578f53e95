package org.rlhfstreams.embedded;

/** The embedded broker or registry cannot start; the message says why and what to do. */
public final class EmbeddedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EmbeddedException(String message) {
    super(message);
  }

  public EmbeddedException(String message, Throwable cause) {
    super(message, cause);
  }
}
