package org.rlhfstreams.learner.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.checkpoint.ValidationState;
import org.rlhfstreams.learner.checkpoint.ValidationState.BestStep;
import org.rlhfstreams.learner.training.EvaluatingTrainer;
import org.rlhfstreams.learner.training.TrainedModel;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

final class ValidationTest {
  private static LearnerConfiguration settings(String... keysAndValues) {
    Map<String, String> settings = new HashMap<>();
    settings.put("learner.objective", "dpo");
    settings.put("learner.evaluate-every", "10");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      settings.put("learner." + keysAndValues[i], keysAndValues[i + 1]);
    }
    return RlhfConfiguration.of(settings).learner();
  }

  private static Validation<String> validation(LearnerConfiguration settings, double... losses) {
    Validation<String> validation =
        Validation.of(new Told("loss", losses), () -> List.of("row"), settings);
    validation.begin(ValidationState.NONE);
    return validation;
  }

  /** A trainer whose evaluations are known beforehand. */
  private static final class Told implements EvaluatingTrainer<String> {
    private final String name;
    private final Deque<Double> figures = new ArrayDeque<>();

    Told(String name, double... figures) {
      this.name = name;
      for (double figure : figures) {
        this.figures.add(figure);
      }
    }

    @Override
    public Map<String, Double> evaluate(List<String> examples) {
      return Map.of(name, figures.remove());
    }

    @Override
    public Map<String, Double> step(List<String> batch, double learningRateFactor) {
      throw new UnsupportedOperationException();
    }

    @Override
    public TrainedModel current() {
      throw new UnsupportedOperationException();
    }

    @Override
    public TrainedModel model(ComputeType type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public TrainerState state() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void restore(TrainerState state) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  @Test
  void evaluatesEveryNStepsAndAtTheEnd() {
    Validation<String> validation = validation(settings(), 3, 2, 1);
    assertThat(validation.after(9, false)).isEmpty();
    assertThat(validation.after(10, false)).containsEntry("validation/loss", 3.0);
    assertThat(validation.after(20, false)).containsEntry("validation/loss", 2.0);
    assertThat(validation.after(23, true)).containsEntry("validation/loss", 1.0);
    assertThat(validation.figures()).containsEntry("loss", 1.0);
  }

  @Test
  void theBestStepIsTheOneOfTheLeastLossAndTheFirstOfEquals() {
    Validation<String> validation = validation(settings(), 3, 2, 2, 2.5);
    for (int step = 10; step <= 40; step += 10) {
      validation.after(step, false);
      assertThat(validation.isBest(step)).isEqualTo(step <= 20);
    }
    assertThat(validation.best()).contains(new BestStep(20, 2));
  }

  @Test
  void moreIsBetterWhereAccuraciesAreCompared() {
    Validation<String> validation =
        Validation.of(
            new Told("rewards/accuracies", 0.5, 0.75, 0.7),
            () -> List.of("row"),
            settings("validation-metric", "accuracy"));
    validation.begin(ValidationState.NONE);
    validation.after(10, false);
    validation.after(20, false);
    validation.after(30, false);
    assertThat(validation.best()).contains(new BestStep(20, 0.75));
  }

  @Test
  void theRunEndsWhereEvaluationsDoNotGetBetterByEnough() {
    Validation<String> validation =
        validation(
            settings("early-stop-patience", "2", "early-stop-delta", "0.1"),
            3,
            2.95,
            2.8,
            2.79,
            2.78);
    boolean[] ended = new boolean[5];
    for (int i = 0; i < ended.length; i++) {
      validation.after(10L * (i + 1), false);
      ended[i] = validation.endsTheRun();
    }
    assertThat(ended).containsExactly(false, false, false, false, true);
    assertThat(validation.best()).contains(new BestStep(50, 2.78));
  }

  @Test
  void anEvaluationThatIsNotFiniteIsNeverTheBest() {
    Validation<String> validation =
        validation(settings("early-stop-patience", "2"), Double.NaN, 3, Double.NaN, Double.NaN);
    validation.after(10, false);
    assertThat(validation.best()).isEmpty();
    validation.after(20, false);
    validation.after(30, false);
    assertThat(validation.endsTheRun()).isFalse();
    validation.after(40, false);
    assertThat(validation.endsTheRun()).isTrue();
    assertThat(validation.best()).contains(new BestStep(20, 3));
  }

  @Test
  void whatACheckpointKeepsGoesOnWhereItStood() {
    LearnerConfiguration settings = settings("early-stop-patience", "2");
    Validation<String> before = validation(settings, 1, 2);
    before.after(10, false);
    before.after(20, false);
    Validation<String> after = Validation.of(new Told("loss", 1.5), () -> List.of("row"), settings);
    after.begin(before.state());
    assertThat(after.endsTheRun()).isFalse();
    after.after(30, false);
    assertThat(after.endsTheRun()).isTrue();
    assertThat(after.best()).contains(new BestStep(10, 1));
  }

  @Test
  void aFigureThatTheRowsDoNotHaveIsNamedWithThoseTheyHave() {
    Validation<String> validation = validation(settings("validation-metric", "margin"), 1);
    assertThatThrownBy(() -> validation.after(10, false))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("margin")
        .hasMessageContaining("only loss");
  }

  @Test
  void aRunThatHeldOutNothingIsRefusedBeforeItsFirstStep() {
    Validation<String> validation = Validation.of(new Told("loss"), List::of, settings());
    assertThatThrownBy(() -> validation.begin(ValidationState.NONE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("learner.validation-share");
  }
}
