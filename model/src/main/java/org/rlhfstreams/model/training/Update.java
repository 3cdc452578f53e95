package org.rlhfstreams.model.training;

/**
 * What one optimizer step did.
 *
 * @param gradientNorm global L2 norm before clipping
 * @param applied false where the norm was not finite: weights and optimizer are as before
 */
public record Update(double gradientNorm, boolean applied) {}
