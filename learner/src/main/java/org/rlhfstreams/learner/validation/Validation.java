package org.rlhfstreams.learner.validation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.rlhfstreams.learner.checkpoint.ValidationState;
import org.rlhfstreams.learner.checkpoint.ValidationState.BestStep;
import org.rlhfstreams.learner.training.EvaluatingTrainer;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.ValidationMetric;

/**
 * Evaluations of a run: every so many steps and at the end, on examples that it does not learn
 * from. Which step is best, and whether the run ends early, follows from the figures alone, so that
 * a run that goes on from a checkpoint comes to the same.
 *
 * @param <E> the kind of example
 */
public final class Validation<E> {
  private static final String PREFIX = "validation/";

  private final Optional<EvaluatingTrainer<E>> trainer;
  private final Supplier<List<E>> examples;
  private final LearnerConfiguration settings;
  private ValidationState state = ValidationState.NONE;
  private Map<String, Double> newest = Map.of();

  private Validation(
      Optional<EvaluatingTrainer<E>> trainer,
      Supplier<List<E>> examples,
      LearnerConfiguration settings) {
    this.trainer = trainer;
    this.examples = examples;
    this.settings = settings;
  }

  /**
   * Evaluations of a trainer.
   *
   * @param examples asked for once the run's data has been gone through
   */
  public static <E> Validation<E> of(
      EvaluatingTrainer<E> trainer, Supplier<List<E>> examples, LearnerConfiguration settings) {
    return new Validation<>(Optional.of(trainer), examples, settings);
  }

  /** Of a run that has nothing to evaluate on. */
  public static <E> Validation<E> none(LearnerConfiguration settings) {
    return new Validation<>(Optional.empty(), List::of, settings);
  }

  /**
   * Goes on from a checkpoint.
   *
   * @throws ConfigurationException where no example was held out
   */
  public void begin(ValidationState checkpointed) {
    state = checkpointed;
    newest = Map.of();
    if (trainer.isPresent() && examples.get().isEmpty()) {
      throw new ConfigurationException(
          "there is no usable row to evaluate on: make learner.validation-share larger, or give"
              + " --validation a file with good rows");
    }
  }

  /**
   * Evaluates where it is due.
   *
   * @param step done so far
   * @param last whether no step follows
   * @return figures by name, {@code validation/} before each; empty where it is not due
   * @throws ConfigurationException where the figure that evaluations are compared by is not among
   *     them
   */
  public Map<String, Double> after(long step, boolean last) {
    int every = settings.evaluateEvery();
    boolean due = last || (every > 0 && step % every == 0);
    if (trainer.isEmpty() || !due) {
      return Map.of();
    }
    newest = trainer.get().evaluate(examples.get());
    state = with(step, comparedFigure());
    Map<String, Double> named = new LinkedHashMap<>();
    newest.forEach((name, value) -> named.put(PREFIX + name, value));
    return named;
  }

  private double comparedFigure() {
    ValidationMetric metric = settings.validationMetric();
    return metric.names().stream()
        .filter(newest::containsKey)
        .findFirst()
        .map(newest::get)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "learner.validation-metric = %s: these rows do not have it, only %s"
                        .formatted(metricName(), String.join(", ", newest.keySet()))));
  }

  private ValidationState with(long step, double figure) {
    if (!Double.isFinite(figure)) {
      return new ValidationState(state.best(), state.unimproved() + 1);
    }
    double gain =
        state.best().isEmpty()
            ? Double.POSITIVE_INFINITY
            : settings.validationMetric().gain(figure, state.best().get().figure());
    return new ValidationState(
        gain > 0 ? Optional.of(new BestStep(step, figure)) : state.best(),
        gain > settings.earlyStopDelta() ? 0 : state.unimproved() + 1);
  }

  /** Whether the newest evaluation, after this step, is the best so far. */
  public boolean isBest(long step) {
    return state.best().filter(best -> best.step() == step).isPresent();
  }

  /** Whether the run should end for want of a better evaluation. */
  public boolean endsTheRun() {
    int patience = settings.earlyStopPatience();
    return patience > 0 && state.unimproved() >= patience;
  }

  /** What a checkpoint keeps. */
  public ValidationState state() {
    return state;
  }

  /** The best step so far. */
  public Optional<BestStep> best() {
    return state.best();
  }

  /** Evaluations since the last that was better by enough. */
  public int unimproved() {
    return state.unimproved();
  }

  /** What evaluations are compared by, as users write it. */
  public String metricName() {
    return settings.validationMetric().printed();
  }

  /**
   * Figures of the model as it is now, at the end of a run; none where there is nothing to evaluate
   * on.
   */
  public Map<String, Double> figures() {
    if (newest.isEmpty() && trainer.isPresent()) {
      newest = trainer.get().evaluate(examples.get());
    }
    return newest;
  }
}
