package org.rlhfstreams.schemas;

/** The schema registry did not answer; the same bytes may decode later. */
public final class RegistryUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RegistryUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
