package org.rlhfstreams.evaluation.result;

/**
 * How likely a model finds a text.
 *
 * @param source file and row
 * @param tokens that were counted
 * @param negativeLogLikelihood of all of them, in nats
 */
public record TextMeasure(String source, int tokens, double negativeLogLikelihood) {}
