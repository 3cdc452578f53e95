package org.rlhfstreams.learner;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.assembly.ConfiguredModels;
import org.rlhfstreams.learner.checkpoint.CheckpointStore;
import org.rlhfstreams.learner.checkpoint.ValidationState.BestStep;
import org.rlhfstreams.learner.loop.LearnerLoop;
import org.rlhfstreams.learner.loop.RolloutEvaluations;
import org.rlhfstreams.learner.loop.StepListener;
import org.rlhfstreams.learner.training.TrainedModel;
import org.rlhfstreams.learner.training.Trainer;
import org.rlhfstreams.learner.validation.Validation;
import org.rlhfstreams.model.files.TensorType;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;

/** One learner, from its models and its place in the log to the weights it leaves behind. */
public final class LearnerRun implements AutoCloseable {
  private final ShutdownSequence opened;
  private final Trainer<?> trainer;
  private final LearnerLoop<?> loop;
  private final CheckpointStore checkpoints;
  private final Validation<?> validation;
  private final RolloutEvaluations evaluations;
  private final Path startedFrom;

  LearnerRun(
      ShutdownSequence opened,
      Trainer<?> trainer,
      LearnerLoop<?> loop,
      CheckpointStore checkpoints,
      Validation<?> validation,
      RolloutEvaluations evaluations,
      Path startedFrom) {
    this.opened = opened;
    this.trainer = trainer;
    this.loop = loop;
    this.checkpoints = checkpoints;
    this.validation = validation;
    this.evaluations = evaluations;
    this.startedFrom = startedFrom;
  }

  /**
   * Loads the models of the configured objective.
   *
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with them
   */
  public static LearnerRun open(KafkaConnection connection, StepListener listener) {
    return open(connection, listener, List.of());
  }

  /**
   * The same, evaluated on given rows while it runs.
   *
   * @param validation rows that it does not learn from; none leaves it to the configuration
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with the models
   */
  public static LearnerRun open(
      KafkaConnection connection, StepListener listener, List<Preference> validation) {
    return open(connection, listener, validation, false);
  }

  /**
   * A run over the configured range of a log that is there, into a generation of weights of its own
   * and without touching the run that made it.
   *
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with the models
   * @throws ConfigurationException where the range has no end
   */
  public static LearnerRun replay(KafkaConnection connection, StepListener listener) {
    if (connection.configuration().range().isLive()) {
      throw new ConfigurationException(
          "range.until = never: a replay goes over what is there; name an end or leave it out");
    }
    return open(connection, listener, List.of(), true);
  }

  /**
   * Checks what settings and files tell of a run, before anything is started: its models, the
   * device, memory, and the checkpoints that it would go on from.
   *
   * @throws org.rlhfstreams.common.ExplainedException naming what is wrong with what
   */
  public static void require(RlhfConfiguration configuration) {
    LearnerConfiguration learner = configuration.learner();
    ConfiguredModels.require(configuration);
    new CheckpointStore(
            learner.checkpointDirectory(),
            configuration.model().required(learner.objective().trains()))
        .requireContinuable(learner.objective().text());
  }

  private static LearnerRun open(
      KafkaConnection connection,
      StepListener listener,
      List<Preference> validation,
      boolean replay) {
    ShutdownSequence opened = new ShutdownSequence();
    try {
      return new LearnerAssembly(connection, listener, opened, validation, replay).assemble();
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Runs to the end, or until told to stop.
   *
   * @return whether the run came to its end
   */
  public boolean run(BooleanSupplier stopped) {
    return loop.run(stopped);
  }

  /**
   * Saves the model as a Hugging Face directory, adapters merged into it; and the adapters alone,
   * as PEFT loads them, in {@code adapter} beside it.
   */
  public void export(Path target, TensorType type) {
    export(target, target.resolveSibling("adapter"), type);
  }

  private void export(Path target, Path adapters, TensorType type) {
    try (TrainedModel model = trainer.current()) {
      ModelExport.save(model, target, adapters, type, startedFrom);
    }
  }

  /** What evaluations on rows that were not learned from came to, and whether one ended the run. */
  public Validation<?> validation() {
    return validation;
  }

  /** What evaluations on held-out prompts came to, of a run that learns from rollouts. */
  public RolloutEvaluations evaluations() {
    return evaluations;
  }

  /**
   * Saves the weights that did best on validation, as {@link #export} saves the last ones, their
   * adapters in {@code best-adapter}. The run is over then: it goes back to the best step.
   *
   * @return that step; empty where nothing was evaluated
   * @throws org.rlhfstreams.learner.checkpoint.CheckpointException where its checkpoint is gone
   */
  public Optional<BestStep> exportBest(Path target, TensorType type) {
    Optional<BestStep> best = loop.best();
    best.ifPresent(
        step -> {
          trainer.restore(checkpoints.at(step.step()).trainer());
          export(target, target.resolveSibling("best-adapter"), type);
        });
    return best;
  }

  @Override
  public void close() {
    opened.close();
  }
}
