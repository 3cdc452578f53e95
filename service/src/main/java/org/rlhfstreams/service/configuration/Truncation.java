package org.rlhfstreams.service.configuration;

/** What is kept of a row of prompt and response that is longer than {@code learner.max-length}. */
public enum Truncation {
  /** The first tokens: the response loses its end. */
  KEEP_START,
  /** The last tokens: the prompt loses its beginning, and only then the response. */
  KEEP_END
}
