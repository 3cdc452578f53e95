package org.rlhfstreams.cli.report;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a run has moved: its first step, whose rollouts are of the untouched policy, against the
 * mean of its last tenth.
 */
public record RunSummary(
    int steps,
    double rewardBefore,
    double rewardDeviationBefore,
    double rewardAfter,
    double cheerfulnessBefore,
    double cheerfulnessAfter,
    double klAfter,
    double lengthAfter,
    double distinctTwoBefore,
    double distinctTwoAfter) {

  /**
   * From a run's steps.
   *
   * @throws IllegalArgumentException where there are none
   */
  public static RunSummary of(List<StepFigures> steps) {
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("a run without steps has no summary");
    }
    StepFigures first = steps.get(0);
    List<StepFigures> last =
        steps.subList(steps.size() - Math.max(1, steps.size() / 10), steps.size());
    return new RunSummary(
        steps.size(),
        first.metric("objective/scores"),
        first.metric("objective/scores_std"),
        mean(last, step -> step.metric("objective/scores")),
        first.cheerfulness(),
        mean(last, StepFigures::cheerfulness),
        mean(last, step -> step.metric("objective/kl")),
        mean(last, step -> step.metric("response/length")),
        first.distinctTwo(),
        mean(last, StepFigures::distinctTwo));
  }

  private static double mean(List<StepFigures> steps, ToDoubleFunction<StepFigures> figure) {
    return steps.stream().mapToDouble(figure).average().orElseThrow();
  }

  /** By how many standard deviations of the first step's scores the reward has risen. */
  public double rewardRise() {
    return (rewardAfter - rewardBefore) / rewardDeviationBefore;
  }
}
