package org.rlhfstreams.service.kafka;

/** Broker or registry cannot be used; the message names the address and what to do. */
public final class ConnectionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConnectionException(String message) {
    super(message);
  }

  public ConnectionException(String message, Throwable cause) {
    super(message, cause);
  }
}
