package org.rlhfstreams.topology.scores;

/**
 * What the join needs of a rollout, read out of its bytes without building the event.
 *
 * @param rolloutId of the rollout
 * @param requestId of the request that it answers
 * @param responseTokens of its response
 * @param evaluates whether it measures a version of the policy
 * @param sound whether it surely obeys the rules for rollouts; if not, they are to be asked
 * @param policy log-probabilities that those of a reference are compared with; [time]
 * @param bytes that have the event in this release's layout
 * @param from where it begins there
 * @param until where it ends there
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record RolloutParts(
    String rolloutId,
    String requestId,
    int responseTokens,
    boolean evaluates,
    boolean sound,
    float[] policy,
    byte[] bytes,
    int from,
    int until) {}
