package org.rlhfstreams.schemas;

import org.rlhfstreams.common.ExplainedException;

/** The schema registry did not answer; the same bytes may decode later. */
public final class RegistryUnavailableException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  public RegistryUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
