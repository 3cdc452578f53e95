package org.rlhfstreams.model.generation;

/**
 * One response to sample.
 *
 * @param id the caller's name for it
 * @param promptTokenIds at least one token; requests next to each other with equal prompts share
 *     the work of reading them
 * @param listener hears each token, and may end the response
 */
public record GenerationRequest(
    String id, int[] promptTokenIds, Sampling sampling, TokenListener listener) {
  /** A request that nobody listens to. */
  public GenerationRequest(String id, int[] promptTokenIds, Sampling sampling) {
    this(id, promptTokenIds, sampling, TokenListener.NONE);
  }
}
