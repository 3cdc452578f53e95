package org.rlhfstreams.evaluation;

/**
 * Two responses to a prompt.
 *
 * @param id of no other pair
 */
record ResponsePair(String id, SampledResponse model, SampledResponse baseline) {}
