package org.rlhfstreams.model;

import org.rlhfstreams.common.ExplainedException;

/** A model that cannot be used; the message names the file, what is wrong, and what to do. */
public final class ModelException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    super(message);
  }

  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
