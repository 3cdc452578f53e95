package org.rlhfstreams.embedded;

import org.rlhfstreams.common.ExplainedException;

/** The embedded broker or registry cannot start; the message says why and what to do. */
public final class EmbeddedException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  public EmbeddedException(String message) {
    super(message);
  }

  public EmbeddedException(String message, Throwable cause) {
    super(message, cause);
  }
}
