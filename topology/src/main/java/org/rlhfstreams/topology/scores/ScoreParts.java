package org.rlhfstreams.topology.scores;

import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.ScoreRules;

/**
 * What the join needs of a score, read out of its bytes without building the event.
 *
 * @param rolloutId of the rollout that was scored
 * @param requestId of its request
 * @param scorer who has scored
 * @param scorerVersion of the scorer
 * @param modelVersion the weights that scored; null if none did
 * @param value the score; NaN if there is none
 * @param tokenValues of the response's tokens; null if there are none
 * @param scoredAt milliseconds
 * @param rescored whether it was given to a rollout of the past
 * @param sound whether it surely is a score by the rules, and no failure; if not, they are to be
 *     asked
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record ScoreParts(
    String rolloutId,
    String requestId,
    String scorer,
    String scorerVersion,
    WeightVersion modelVersion,
    double value,
    float[] tokenValues,
    long scoredAt,
    boolean rescored,
    boolean sound) {

  /** Whether it surely is one of this rollout by the rules; if not, they are to be asked. */
  boolean fits(String request, int responseTokens) {
    if (!sound || !requestId.equals(request)) {
      return false;
    }
    if (tokenValues == null) {
      return true;
    }
    return scorer.equals(ScoreRules.REFERENCE)
        ? tokenValues.length == responseTokens
        : tokenValues.length <= responseTokens;
  }
}
