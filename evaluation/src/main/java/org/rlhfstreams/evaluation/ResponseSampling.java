package org.rlhfstreams.evaluation;

import java.util.List;
import org.rlhfstreams.model.completion.CompletionSeed;
import org.rlhfstreams.model.generation.Sampling;

/**
 * How many responses are drawn: alike, each with random draws of its own.
 *
 * @param settings of each response; its seed is the one that all random draws follow from
 * @param stop texts that end a response and are not part of it
 */
public record ResponseSampling(Sampling settings, List<String> stop) {
  public ResponseSampling {
    stop = List.copyOf(stop);
  }

  /** How the response at an index, counted from 0, is drawn. */
  public Sampling at(long index) {
    return new Sampling(
        settings.temperature(),
        settings.topK(),
        settings.topP(),
        settings.minP(),
        settings.repetitionPenalty(),
        settings.minNewTokens(),
        settings.maxNewTokens(),
        CompletionSeed.of(settings.seed(), index));
  }
}
