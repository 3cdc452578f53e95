package org.rlhfstreams.topology.scores;

import java.util.Optional;

/**
 * A score that counts for a rollout, as it was read.
 *
 * @param scorer who has given it
 * @param failure the reason if the scorer gave no value
 * @param value the event's bytes; empty if there is a failure, of which nothing else is needed
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record ReceivedScore(String scorer, Optional<String> failure, byte[] value) {
  private static final byte[] NOTHING = {};

  /** One with a value. */
  static ReceivedScore of(String scorer, byte[] value) {
    return new ReceivedScore(scorer, Optional.empty(), value);
  }

  /** One of a scorer that could not score. */
  static ReceivedScore failed(String scorer, String failure) {
    return new ReceivedScore(scorer, Optional.of(failure), NOTHING);
  }
}
