package org.rlhfstreams.cli.status;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where the time of a step went, by its metrics.
 *
 * @param seconds from step to step
 * @param examples seconds of it that the learner waited for rollouts, or for rows to be read
 * @param weights seconds that it waited for the step before to leave
 * @param disk seconds that it waited for checkpoints and metrics to be written
 */
public record StepTime(double seconds, double examples, double weights, double disk) {
  private static final double WORTH_A_WORD = 0.1;

  /** Of a step's metrics; empty for those of releases that did not measure it. */
  public static Optional<StepTime> of(Map<String, Double> metrics) {
    Double seconds = metrics.get("step_seconds");
    Double examples = metrics.get("wait_seconds/examples");
    Double weights = metrics.get("wait_seconds/weights");
    Double disk = metrics.get("wait_seconds/disk");
    return seconds == null || examples == null || weights == null || disk == null
        ? Optional.empty()
        : Optional.of(new StepTime(seconds, examples, weights, disk));
  }

  /** A line such as "8.1 s, of which it waited 3.2 s for examples". */
  public String text() {
    String whole = String.format(Locale.ROOT, "%.1f s", seconds);
    return longestWait().map(wait -> whole + ", of which it waited " + wait).orElse(whole);
  }

  /** The longest wait, such as "3.2 s for examples", where it is a tenth of the step or more. */
  public Optional<String> longestWait() {
    double longest = Math.max(examples, Math.max(weights, disk));
    if (longest < WORTH_A_WORD * seconds) {
      return Optional.empty();
    }
    String cause = "the disk";
    if (longest == examples) {
      cause = "examples";
    } else if (longest == weights) {
      cause = "weights to leave";
    }
    return Optional.of(String.format(Locale.ROOT, "%.1f s for %s", longest, cause));
  }
}
