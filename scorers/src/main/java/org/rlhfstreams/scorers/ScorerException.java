package org.rlhfstreams.scorers;

import org.rlhfstreams.common.ExplainedException;

/** A scorer that cannot be made from its settings. The message names the fix. */
public final class ScorerException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  public ScorerException(String message) {
    this(message, null);
  }

  public ScorerException(String message, Throwable cause) {
    super(MISUSED, message, cause);
  }
}
