package org.rlhfstreams.worker;

import java.util.Optional;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.worker.engine.SamplingEngine;

/** Decides which requests may enter the slots. One thread: that which samples. */
interface StartRule {
  /**
   * Looks at the engine, before each token.
   *
   * @param empty whether no response is in a slot or in its queue
   */
  void look(SamplingEngine engine, boolean empty);

  /** Why a request cannot be sampled, now or later, if it cannot; asked before {@link #begins}. */
  default Optional<String> refusal(RolloutRequest request) {
    return Optional.empty();
  }

  /** Whether a request may begin now; it does then. Asked in the order of the requests. */
  boolean begins(RolloutRequest request);
}
