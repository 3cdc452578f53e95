package org.rlhfstreams.model.training;

import java.util.List;

/**
 * What AdamW remembers between steps. Moments are read when they are asked for, and are those of
 * that time.
 *
 * @param step updates done so far
 * @param firstMoments one row-major array a weight, in the weights' order
 * @param secondMoments likewise
 */
public record OptimizerState(long step, List<float[]> firstMoments, List<float[]> secondMoments) {}
