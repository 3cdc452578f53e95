package org.rlhfstreams.learner.loop;

import java.util.Locale;
import org.rlhfstreams.learner.data.ScoredSample;

/**
 * The rule that no response is learned from that is more than eta steps behind. Admission keeps
 * what is on its way so small that those that come in order are not; one whose worker or scorer
 * rested meanwhile is, and another is released in its place.
 *
 * @param steps eta; a fraction counts as a whole step
 */
public record LearnableStaleness(double steps) {
  /** For what is learned again. */
  public static LearnableStaleness unbounded() {
    return new LearnableStaleness(Double.POSITIVE_INFINITY);
  }

  private static long behind(ScoredSample sample, long done) {
    return done - sample.oldestVersion().getStep();
  }

  /**
   * Whether a response came too late.
   *
   * @param done steps before the one that would learn from it
   */
  boolean isExceeded(ScoredSample sample, long done) {
    return behind(sample, done) > Math.ceil(steps);
  }

  /** Why it is refused, or one that is learned from beside it. */
  String reason(ScoredSample sample, long done) {
    return String.format(
        Locale.ROOT,
        "it, or another response to request %s, came too late: the policy has gone %d steps on"
            + " since the weights that drew this one, and admission.staleness allows %.0f",
        sample.requestId(),
        behind(sample, done),
        Math.ceil(steps));
  }
}
