package org.rlhfstreams.model.generation;

/**
 * One response to sample.
 *
 * @param id the caller's name for it
 * @param promptTokenIds at least one token
 */
public record GenerationRequest(String id, int[] promptTokenIds, Sampling sampling) {}
