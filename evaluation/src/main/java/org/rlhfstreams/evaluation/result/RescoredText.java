package org.rlhfstreams.evaluation.result;

/**
 * A rollout of which two measures say different things.
 *
 * @param rollout its id
 * @param before the old reward
 * @param now the new one
 * @param beforeDeviations standard deviations of the old reward above its mean
 * @param nowDeviations the same of the new one
 * @param prompt for people
 * @param response for people
 */
public record RescoredText(
    String rollout,
    double before,
    double now,
    double beforeDeviations,
    double nowDeviations,
    String prompt,
    String response) {}
