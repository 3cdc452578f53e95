package org.rlhfstreams.service.kafka;

import org.rlhfstreams.common.ExplainedException;

/** Broker or registry cannot be used; the message names the address and what to do. */
public final class ConnectionException extends ExplainedException {
  private static final long serialVersionUID = 1L;

  public ConnectionException(String message) {
    super(message);
  }

  public ConnectionException(String message, Throwable cause) {
    super(message, cause);
  }
}
