package org.rlhfstreams.learner.loop;

import java.util.Map;
import java.util.OptionalLong;
import org.rlhfstreams.events.WeightVersion;

/**
 * A step that has been done and published.
 *
 * @param step counted from 1
 * @param version of the weights after it
 * @param totalSteps of the run, where it has an end
 * @param metrics by the field's names
 * @param remainingSeconds at the pace so far, where the run has an end
 */
public record StepReport(
    long step,
    WeightVersion version,
    OptionalLong totalSteps,
    Map<String, Double> metrics,
    OptionalLong remainingSeconds) {
  public StepReport {
    metrics = Map.copyOf(metrics);
  }
}
