package org.rlhfstreams.worker;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.GenerationRequest;

/** A decoder's places for responses, which are filled from a queue. One thread. */
interface Slots extends AutoCloseable {
  /** The version in use, once there is one. */
  Optional<WeightVersion> version();

  /** Whether another version is about to take over from the one in use. */
  default boolean isTurning() {
    return false;
  }

  /** The oldest version that has drawn a token of a response in a slot, if there is one. */
  Optional<WeightVersion> oldestInUse();

  /** The version that a segment's label stands for. */
  WeightVersion version(Generation.Segment segment);

  /** Swaps to the newest version, if there is another one. */
  void refresh();

  /**
   * Queues a response.
   *
   * @throws IllegalArgumentException if the prompt cannot be sampled from
   */
  void submit(GenerationRequest request);

  /** Fills free places from the queue and draws one token for each response in a place. */
  List<Generation> step();

  /** Places in use. */
  int running();

  /** Forgets responses, wherever they stand. */
  void cancel(Predicate<GenerationRequest> which);

  /** Empties the queue; what it held, in its order. */
  List<GenerationRequest> takeWaiting();

  /** Tokens drawn so far. */
  long tokensDrawn();

  @Override
  void close();
}
