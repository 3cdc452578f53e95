package org.rlhfstreams.learner.schedule;

import org.rlhfstreams.service.configuration.LearningRateSchedule;

/**
 * Learning rate of each update: a linear rise from 0, then the schedule down to 0.
 *
 * @param peak after the rise
 * @param warmupSteps updates of the rise
 * @param totalSteps updates of the run; not used where the schedule is constant
 */
public record LearningRate(
    double peak, LearningRateSchedule schedule, long warmupSteps, long totalSteps) {

  /**
   * The rate of an update.
   *
   * @param step counted from 0
   */
  public double at(long step) {
    if (step < warmupSteps) {
      return peak * (step + 1) / warmupSteps;
    }
    double progress =
        Math.min(1, (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
    return switch (schedule) {
      case CONSTANT -> peak;
      case LINEAR -> peak * (1 - progress);
      case COSINE -> peak * (1 + Math.cos(Math.PI * progress)) / 2;
    };
  }
}
