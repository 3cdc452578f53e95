package org.rlhfstreams.common;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.Optional;

/**
 * The rule that a full, read-only or missing file system is a user's to mend, not a fault of this
 * program: an exception of Java's says what happened, this class what to do.
 */
public final class FileProblem {
  private FileProblem() {}

  /**
   * The explanation of what went wrong with a file.
   *
   * @param error thrown while files were read or written; its causes are looked at too
   * @return empty if no file is to blame, or nothing is known to do about it
   */
  public static Optional<ExplainedException> in(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException problem) {
        Optional<String> advice = advice(problem);
        if (advice.isPresent()) {
          return Optional.of(
              new ExplainedException(what(error, problem) + ": " + advice.get(), error));
        }
      }
    }
    return Optional.empty();
  }

  /** What was being done, as the outermost exception says it, and what the file system said. */
  private static String what(Throwable error, IOException problem) {
    String file =
        problem instanceof FileSystemException known && known.getFile() != null
            ? known.getFile()
            : "";
    String outer = error == problem || error.getMessage() == null ? file : error.getMessage();
    String said = reason(problem);
    return outer.isEmpty() || outer.contains(said) ? said : outer + ": " + said;
  }

  private static String reason(IOException problem) {
    if (problem instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (problem instanceof NoSuchFileException) {
      return "no such file";
    }
    if (problem instanceof FileSystemException known && known.getReason() != null) {
      return known.getReason();
    }
    return String.valueOf(problem.getMessage());
  }

  private static Optional<String> advice(IOException problem) {
    String message = String.valueOf(problem.getMessage()).toLowerCase(Locale.ROOT);
    if (message.contains("no space left on device") || message.contains("quota exceeded")) {
      return Optional.of("free some space, then give the same command again");
    }
    if (message.contains("read-only file system")) {
      return Optional.of("choose a place that can be written");
    }
    if (message.contains("too many open files")) {
      return Optional.of("raise the limit (ulimit -n), then give the same command again");
    }
    if (problem instanceof AccessDeniedException || message.contains("permission denied")) {
      return Optional.of("give this user the right to it, or choose another place");
    }
    if (problem instanceof NoSuchFileException
        || problem instanceof FileNotFoundException
        || problem instanceof NotDirectoryException) {
      return Optional.of("check the path");
    }
    return Optional.empty();
  }
}
