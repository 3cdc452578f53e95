package org.rlhfstreams.cli.report;

import java.util.List;
import java.util.Optional;

/**
 * How the mean of a reward's scores has moved in a run.
 *
 * @param name of the reward
 * @param firstFifth mean over the first fifth of the steps, at least one
 * @param lastFifth mean over the last fifth
 */
public record ScoreChange(String name, double firstFifth, double lastFifth) {
  private static final String PREFIX = "objective/scores/";

  /**
   * That of a reward; empty if no step of one of the fifths has a score of it, as may be with one
   * that only watches.
   *
   * @param steps in order
   */
  public static Optional<ScoreChange> of(String name, List<StepFigures> steps) {
    int fifth = Math.min(steps.size(), Math.max(1, steps.size() / 5));
    Optional<Double> first = mean(name, steps.subList(0, fifth));
    Optional<Double> last = mean(name, steps.subList(steps.size() - fifth, steps.size()));
    return first.isPresent() && last.isPresent()
        ? Optional.of(new ScoreChange(name, first.get(), last.get()))
        : Optional.empty();
  }

  private static Optional<Double> mean(String name, List<StepFigures> steps) {
    List<Double> values =
        steps.stream()
            .filter(step -> step.metrics().containsKey(PREFIX + name))
            .map(step -> step.metric(PREFIX + name))
            .toList();
    return values.isEmpty()
        ? Optional.empty()
        : Optional.of(values.stream().mapToDouble(Double::doubleValue).sum() / values.size());
  }
}
