package org.rlhfstreams.datasets;

/** A row that cannot be used. */
public final class BadRowException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String kind;

  /**
   * @param kind a few words that rows with the same fault share
   * @param message what is wrong with this one
   */
  BadRowException(String kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** What rows with the same fault are counted under. */
  String kind() {
    return kind;
  }
}
