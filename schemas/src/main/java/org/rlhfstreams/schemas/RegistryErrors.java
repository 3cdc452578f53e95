package org.rlhfstreams.schemas;

/**
 * Tells errors of the registry from those of the broker, which Confluent's classes give one type.
 */
public final class RegistryErrors {
  private RegistryErrors() {}

  /** Whether the registry's answer is among the causes. */
  public static boolean areIn(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (isAnswer(cause)) {
        return true;
      }
    }
    return false;
  }

  /** Whether this itself is the registry's answer. */
  static boolean isAnswer(Throwable error) {
    return error.getClass().getSimpleName().equals("RestClientException");
  }
}
