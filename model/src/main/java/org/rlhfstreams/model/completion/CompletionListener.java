package org.rlhfstreams.model.completion;

/** Hears the text of one completion as it is written, on the thread that generates. */
@FunctionalInterface
public interface CompletionListener {
  /** Hears nothing. */
  CompletionListener NONE = piece -> {};

  /** The next part. */
  void wrote(CompletionPiece piece);
}
