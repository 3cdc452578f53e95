package org.rlhfstreams.model.completion;

import org.rlhfstreams.common.ExplainedException;

/** A prompt that cannot be continued; the message says why and what to do. */
public final class PromptException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  public PromptException(String message) {
    super(message);
  }

  public PromptException(String message, Throwable cause) {
    super(message, cause);
  }
}
