package org.rlhfstreams.schemas;

/** What lies at the bottom of a chain of causes, which is what a person can do something about. */
public final class RootCause {
  private RootCause() {}

  /** Its message, on one line; its name where it has none. */
  public static String message(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root.getMessage() == null
        ? root.getClass().getSimpleName()
        : root.getMessage().replaceAll("\\s*\\R\\s*", " ");
  }
}
