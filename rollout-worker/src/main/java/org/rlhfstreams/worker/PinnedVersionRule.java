package org.rlhfstreams.worker;

import java.util.Optional;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.service.weights.PinnedWeights;
import org.rlhfstreams.worker.engine.SamplingEngine;

/**
 * The rule that a request which measures a version is sampled with that version from its first
 * token to its last: other weights are asked for only while no response is in the slots.
 */
final class PinnedVersionRule implements StartRule {
  private final PinnedWeights weights;
  private Optional<WeightVersion> inUse = Optional.empty();
  private boolean mayTurn;

  /**
   * @param weights that the slots take their versions from
   */
  PinnedVersionRule(PinnedWeights weights) {
    this.weights = weights;
  }

  @Override
  public void look(SamplingEngine engine, boolean empty) {
    // One that was asked for before would take over in the middle of a response.
    inUse = engine.isTurning() ? Optional.empty() : engine.version();
    mayTurn = empty;
  }

  @Override
  public Optional<String> refusal(RolloutRequest request) {
    return request.getEvaluation() == null
        ? Optional.of("it does not say which policy version it measures")
        : weights.lost(request.getEvaluation().getVersion());
  }

  @Override
  public boolean begins(RolloutRequest request) {
    WeightVersion wanted = request.getEvaluation().getVersion();
    if (mayTurn && !weights.isPinned(wanted)) {
      weights.pin(wanted);
    }
    // The first request decides: those that follow it may go along, and ask for nothing else.
    mayTurn = false;
    return weights.isPinned(wanted) && inUse.filter(wanted::equals).isPresent();
  }
}
