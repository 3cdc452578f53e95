package org.rlhfstreams.learner.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.data.LabelledResponse;
import org.rlhfstreams.learner.training.JudgingTrainer;
import org.rlhfstreams.learner.training.TrainedModel;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.NamedTensor;
import org.rlhfstreams.model.training.TokenRow;

/** Which versions go out, with a model that agrees with as many rows as it is told to. */
final class PublicationGuardTest {
  private static final List<TensorSpecification> ONE_NUMBER =
      List.of(new TensorSpecification("agrees", List.of(1L)));

  /** Its only weight says with how many of the oldest rows it agrees. */
  private static final class CountingTrainer implements JudgingTrainer<LabelledResponse> {
    private int agrees;
    private int judged;

    private List<Boolean> agreements(int limit, List<LabelledResponse> rows) {
      judged += rows.size();
      return rows.stream().map(row -> Integer.parseInt(row.id()) < limit).toList();
    }

    @Override
    public List<Boolean> agreements(List<LabelledResponse> rows) {
      return agreements(agrees, rows);
    }

    @Override
    public List<Boolean> agreements(Weights earlier, List<LabelledResponse> rows) {
      return agreements((int) earlier.values().get(0)[0], rows);
    }

    @Override
    public Weights weights() {
      return Weights.of(ONE_NUMBER, List.of(new float[] {agrees}));
    }

    @Override
    public Weights weights(Function<String, float[]> values) {
      return Weights.of(ONE_NUMBER, List.of(values.apply("agrees")));
    }

    @Override
    public TrainerState state() {
      return new TrainerState(null, List.of(), List.of(), Map.of("agrees", (double) agrees));
    }

    @Override
    public void restore(TrainerState state) {
      agrees = state.numbers().get("agrees").intValue();
    }

    @Override
    public Map<String, Double> step(List<LabelledResponse> batch, double learningRateFactor) {
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
    public Map<String, Double> evaluate(List<LabelledResponse> examples) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private final CountingTrainer trainer = new CountingTrainer();
  private final HeldOutWindow<LabelledResponse> window = new HeldOutWindow<>(6);
  private final PublicationGuard<LabelledResponse> guard = PublicationGuard.of(trainer, window, 4);

  private static void hold(HeldOutWindow<LabelledResponse> window, int from, int until) {
    IntStream.range(from, until)
        .forEach(
            row ->
                window.add(
                    "" + row,
                    List.of(
                        new LabelledResponse(
                            "" + row, new TokenRow(new int[] {1, 2}, 1), true, 1, 0))));
    window.settle();
  }

  private static boolean step(
      PublicationGuard<LabelledResponse> guard, CountingTrainer trainer, long step, int agrees) {
    guard.beforeStep();
    trainer.agrees = agrees;
    Map<String, Double> figures = guard.afterStep(step);
    assertThat(figures).containsEntry("people/withheld", guard.letsOut() ? 0.0 : 1.0);
    return guard.letsOut();
  }

  @Test
  void aPreferenceThatWasTurnedIsJudgedAnewUnderItsId() {
    try (guard) {
      hold(window, 0, 6);
      step(guard, trainer, 1, 6);
      trainer.judged = 0;
      guard.beforeStep();
      assertThat(trainer.judged).isZero();
      window.remove("3");
      hold(window, 3, 4);
      guard.beforeStep();
      assertThat(trainer.judged).isEqualTo(1);
    }
  }

  @Test
  void aWorseVersionIsWithheldUntilOneIsNotWorseThanTheOneThatIsOut() {
    try (guard) {
      hold(window, 0, 5);
      assertThat(step(guard, trainer, 1, 4)).isTrue();
      assertThat(step(guard, trainer, 2, 3)).isFalse();
      assertThat(step(guard, trainer, 3, 3)).as("not worse than 2, but 1 is out").isFalse();
      guard.beforeStep();
      trainer.agrees = 4;
      assertThat(guard.afterStep(4))
          .containsEntry("people/held_out", 5.0)
          .containsEntry("people/accuracy", 0.8)
          .containsEntry("people/accuracy_published", 0.8)
          .containsEntry("people/published_step", 4.0);
      assertThat(guard.letsOut()).isTrue();
    }
  }

  @Test
  void ofTooFewRowsNothingCanBeSaid() {
    try (guard) {
      assertThat(step(guard, trainer, 1, 3)).isTrue();
      hold(window, 0, 3);
      assertThat(step(guard, trainer, 2, 3)).isTrue();
      assertThat(step(guard, trainer, 3, 0)).isTrue();
      hold(window, 3, 4);
      assertThat(step(guard, trainer, 4, 1)).isTrue();
      assertThat(step(guard, trainer, 5, 0)).isFalse();
    }
  }

  @Test
  void bothAreJudgedByTheNewestRows() {
    try (guard) {
      hold(window, 0, 6);
      assertThat(step(guard, trainer, 1, 5)).isTrue();
      assertThat(step(guard, trainer, 2, 4)).isFalse();
      hold(window, 6, 12); // of which neither agrees with any
      assertThat(step(guard, trainer, 3, 4)).isTrue();
    }
  }

  @Test
  void aRestartKnowsWhatIsOutAndAsksItOnlyForWhatIsNew() {
    try (guard) {
      hold(window, 0, 5);
      assertThat(step(guard, trainer, 1, 5)).isTrue();
      assertThat(step(guard, trainer, 2, 4)).isFalse();
      TrainerState state = guard.with(trainer.state());
      assertThat(state.others()).extracting(NamedTensor::name).contains("published.weight.agrees");

      CountingTrainer restored = new CountingTrainer();
      HeldOutWindow<LabelledResponse> again = new HeldOutWindow<>(6);
      hold(again, 0, 5);
      try (PublicationGuard<LabelledResponse> resumed = PublicationGuard.of(restored, again, 4)) {
        restored.restore(state);
        resumed.begin(state);
        hold(again, 5, 6);
        resumed.beforeStep();
        assertThat(restored.judged).isEqualTo(1);
        restored.agrees = 4;
        assertThat(resumed.afterStep(3))
            .containsEntry("people/accuracy_published", 5.0 / 6)
            .containsEntry("people/published_step", 1.0);
        assertThat(resumed.letsOut()).isFalse();
        assertThat(step(resumed, restored, 4, 5)).isTrue();
        assertThat(resumed.with(restored.state()).others())
            .extracting(NamedTensor::name)
            .doesNotContain("published.weight.agrees");
      }
    }
  }
}
