package org.rlhfstreams.schemas;

import java.nio.file.FileSystemException;

/** What lies at the bottom of a chain of causes, which is what a person can do something about. */
public final class RootCause {
  private RootCause() {}

  /** Its message, on one line; its name where it has none. */
  public static String message(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String kind = root.getClass().getSimpleName();
    if (root.getMessage() == null) {
      return kind;
    }
    String message = root.getMessage().replaceAll("\\s*\\R\\s*", " ");
    // Its message is the file alone.
    return root instanceof FileSystemException ? kind + ": " + message : message;
  }
}
