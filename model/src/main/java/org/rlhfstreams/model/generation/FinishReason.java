package org.rlhfstreams.model.generation;

/** Why a response ended. */
public enum FinishReason {
  /** One of the model's end-of-sequence tokens was drawn; it is the last token. */
  STOP_TOKEN,
  /** The request's listener ended it, as for a stop string. */
  STOPPED_BY_LISTENER,
  /** As many tokens as were asked for, or as the context has room for. */
  LENGTH
}
