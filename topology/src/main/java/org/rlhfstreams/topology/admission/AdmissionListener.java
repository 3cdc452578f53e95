package org.rlhfstreams.topology.admission;

import java.util.Optional;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.TraceParent;

/**
 * Hears what admission does, on its thread. It hears again of what a crash makes admission do
 * again, so it decides nothing.
 */
public interface AdmissionListener {
  /**
   * A request is released.
   *
   * @param prompt the trace that the prompt's record belongs to, if to any
   * @return the trace that the request's record is to belong to
   */
  Optional<TraceParent> released(RolloutRequest request, Optional<TraceParent> prompt);

  /**
   * A request is released that measures a version of the policy.
   *
   * @return the trace that the request's record is to belong to
   */
  default Optional<TraceParent> evaluated(RolloutRequest request) {
    return Optional.empty();
  }

  /** A dead letter has been read, whoever wrote it. */
  void buried(DeadLetter letter);

  /** A step has been read, of whatever objective. */
  default void stepped(StepMetrics step) {}

  /**
   * What is under way has been counted.
   *
   * @param released samples that admission has released in all
   * @param accounted those that a step has learned from or that are lost
   * @param bound samples that may be under way
   */
  default void counted(long released, long accounted, long bound) {}

  /** One that keeps the prompt's trace and does nothing else. */
  static AdmissionListener none() {
    return new AdmissionListener() {
      @Override
      public Optional<TraceParent> released(RolloutRequest request, Optional<TraceParent> prompt) {
        return prompt;
      }

      @Override
      public void buried(DeadLetter letter) {}
    };
  }
}
