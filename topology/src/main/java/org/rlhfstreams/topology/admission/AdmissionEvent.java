package org.rlhfstreams.topology.admission;

import java.util.Optional;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.events.StepMetrics;

/** What moves admission. */
sealed interface AdmissionEvent {
  /** A prompt has arrived; the request lacks id, sampling settings and version. */
  record Arrival(RolloutRequest template) implements AdmissionEvent {}

  /** A learner states the run that it wants rollouts for. */
  record Run(RunStatement statement) implements AdmissionEvent {}

  /** A learner of an objective has done a step. */
  record Step(StepMetrics metrics) implements AdmissionEvent {}

  /**
   * Samples will never be trained on.
   *
   * @param requestId that asked for them, if it is known
   * @param withoutSignal whether all samples of the request earned the same
   */
  record Loss(Optional<String> requestId, int samples, boolean withoutSignal)
      implements AdmissionEvent {}

  /** A person asks admission to pause, or to go on; a command id counts once. */
  record Control(String commandId, boolean paused) implements AdmissionEvent {}
}
