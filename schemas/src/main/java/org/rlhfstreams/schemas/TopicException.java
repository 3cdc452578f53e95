package org.rlhfstreams.schemas;

import org.rlhfstreams.common.ExplainedException;

/** A topic or a schema that is not as it must be; the message says what to do. */
public final class TopicException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  public TopicException(String message) {
    super(message);
  }

  public TopicException(String message, Throwable cause) {
    super(message, cause);
  }
}
