package org.rlhfstreams.evaluation.result;

import org.rlhfstreams.evaluation.statistics.MeanEstimate;

/**
 * Where a model stands between reward and distance from the reference; errors over prompts.
 *
 * @param model its directory
 * @param step of the run that it is a checkpoint of; null where it is none
 * @param reward of a response
 * @param kl of a response, in nats: the sum over its tokens of the policy's log-probability less
 *     the reference's
 * @param length of a response, in tokens
 */
public record FrontierPoint(
    String model, Long step, MeanEstimate reward, MeanEstimate kl, MeanEstimate length) {}
