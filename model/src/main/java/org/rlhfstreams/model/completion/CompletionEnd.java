package org.rlhfstreams.model.completion;

/** Why a completion ended. */
public enum CompletionEnd {
  /** One of the model's end-of-sequence tokens was drawn. */
  STOP_TOKEN,
  /** One of the request's stop strings was written; the text ends before it. */
  STOP_STRING,
  /** As many tokens as were asked for, or as the context has room for. */
  LENGTH
}
