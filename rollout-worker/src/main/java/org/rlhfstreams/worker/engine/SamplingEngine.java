package org.rlhfstreams.worker.engine;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.generation.GenerationRequest;

/**
 * What draws the tokens of responses: places that are filled from a queue, and versions of the
 * policy that take over from one another between two tokens. A request's seed decides its response,
 * whatever is sampled beside it. One thread.
 */
public interface SamplingEngine extends AutoCloseable {
  /** Responses that it samples side by side, at most; 1 or more. */
  int slots();

  /** The version in use, once there is one. */
  Optional<WeightVersion> version();

  /** Whether another version is about to take over from the one in use. */
  default boolean isTurning() {
    return false;
  }

  /** The oldest version that may have drawn a token of a response in a slot, if there is one. */
  Optional<WeightVersion> oldestInUse();

  /**
   * Swaps to the newest version, if there is another one and it is ready to take over.
   *
   * @return whether another one is in use now
   */
  boolean refresh();

  /**
   * Queues a response.
   *
   * @throws IllegalArgumentException if it cannot be sampled, now or later: the prompt is empty,
   *     too long, or has unknown tokens, or the sampling is none that this engine can do
   */
  void submit(GenerationRequest request);

  /**
   * Fills free places from the queue and gets on with the responses in a place: by a token each, or
   * by what has been drawn elsewhere meanwhile, for which it waits some milliseconds at most.
   *
   * @return responses that have ended since the last call; none of them is told of twice
   * @throws org.rlhfstreams.common.ExplainedException if it can sample no more
   */
  List<EndedResponse> step();

  /** Places in use. */
  int running();

  /** Forgets responses, wherever they stand. */
  void cancel(Predicate<GenerationRequest> which);

  /** Empties the queue; what it held, in its order. */
  List<GenerationRequest> takeWaiting();

  /** Tokens drawn so far. */
  long tokensDrawn();

  /** Why it does not sample at the moment, if it does not. Any thread may ask. */
  default Optional<String> unready() {
    return Optional.empty();
  }

  @Override
  void close();
}
