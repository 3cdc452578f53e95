package org.rlhfstreams.schemas;

import java.util.Locale;

/** The sorts of reasons for which a record becomes a dead letter, few enough to count by. */
public enum DeadLetterKind {
  /** It is no event: not Avro, of an unknown schema, or cut off. */
  UNDECODABLE,
  /** A prompt that cannot be put to the policy, such as one that fills the context. */
  PROMPT,
  /** A request that cannot be sampled from. */
  SAMPLING,
  /** An event whose parts do not agree, or that would poison a batch. */
  RULE,
  /** A response that a required scorer cannot score, or whose score breaks a rule. */
  SCORE,
  /** A response that a required scorer did not score in time. */
  PATIENCE,
  /** A response that is only learned from beside others, of which one is missing. */
  GROUP,
  /** A response that came so late that the policy has moved on further than the run allows. */
  STALE,
  /**
   * A response that earned what all others to its request did, so that comparing teaches nothing.
   */
  SIGNAL,
  /** A row of a file that cannot be learned from. */
  ROW;

  /** As events and metrics have it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
