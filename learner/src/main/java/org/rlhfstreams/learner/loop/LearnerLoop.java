package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.rlhfstreams.events.ControlAction;
import org.rlhfstreams.events.ControlCommand;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.checkpoint.Checkpoint;
import org.rlhfstreams.learner.checkpoint.CheckpointException;
import org.rlhfstreams.learner.checkpoint.CheckpointStore;
import org.rlhfstreams.learner.checkpoint.SourcePosition;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.checkpoint.ValidationState;
import org.rlhfstreams.learner.checkpoint.ValidationState.BestStep;
import org.rlhfstreams.learner.data.Example;
import org.rlhfstreams.learner.loop.StepWaits.Cause;
import org.rlhfstreams.learner.schedule.LearningRate;
import org.rlhfstreams.learner.training.Trainer;
import org.rlhfstreams.learner.validation.PublicationGuard;
import org.rlhfstreams.learner.validation.Validation;
import org.rlhfstreams.learner.validation.VersionEvaluations;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.weights.WireType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batch, step, checkpoint, publication, in this order, until the data or the steps end; a step
 * leaves while the next is learned. A restart goes back to the newest checkpoint that the log has
 * reached and repeats, bit for bit, the steps since; those that had been published are not
 * published again.
 *
 * @param <E> the kind of example
 */
public final class LearnerLoop<E extends Example> {
  private static final Logger LOG = LoggerFactory.getLogger(LearnerLoop.class);
  private static final Duration DISK_PAUSE = Duration.ofSeconds(5);

  private final KafkaConnection connection;
  private final LoopSettings settings;
  private final ExampleSource<E> source;
  private final Trainer<E> trainer;
  private final CheckpointStore checkpoints;
  private final MetricsFile metricsFile;
  private final StepListener listener;
  private final Validation<E> validation;
  private final RolloutEvaluations evaluations;
  private final PublicationGuard<E> guard;
  private final Optional<Controls> controls;
  private final Rollback rollback;
  private final SkippedSteps skippedSteps;
  private final SharedHistory history;
  private final ComputeType sentIn;
  private final WeightRepeat repeat;
  private final StepWaits waits = new StepWaits();
  private long step;
  private long checkpointedStep;
  private UntilWritten disk = new UntilWritten(DISK_PAUSE, () -> true);

  public LearnerLoop(
      KafkaConnection connection,
      LoopSettings settings,
      ExampleSource<E> source,
      Trainer<E> trainer,
      CheckpointStore checkpoints,
      MetricsFile metricsFile,
      StepListener listener,
      Validation<E> validation,
      RolloutEvaluations evaluations,
      PublicationGuard<E> guard,
      Optional<Controls> controls) {
    this.connection = connection;
    this.settings = settings;
    this.source = source;
    this.trainer = trainer;
    this.checkpoints = checkpoints;
    this.metricsFile = metricsFile;
    this.listener = listener;
    this.validation = validation;
    this.evaluations = evaluations;
    this.guard = guard;
    this.controls = controls;
    this.rollback = new Rollback(connection, settings, checkpoints);
    this.skippedSteps = new SkippedSteps(settings.configuration());
    this.history = new SharedHistory(settings.identity(), checkpoints.directory());
    this.repeat = new WeightRepeat(connection.configuration().weights().repeatAfter());
    this.sentIn = WireWeights.computeType(WireType.of(connection.configuration().weights()));
  }

  /**
   * Runs to the end, or until told to stop; either way the last step is in a checkpoint then.
   *
   * @return whether the run came to its end
   * @throws CheckpointException where the log goes on from a checkpoint that is not there
   */
  public boolean run(BooleanSupplier stopped) {
    Publication publication =
        new Publication(
            connection, settings.identity().group(), source.partition(), settings.weights());
    try (BackgroundPublication background = new BackgroundPublication(publication, stopped)) {
      if (!publication.claim(stopped)) {
        return false;
      }
      long published = publication.publishedStep();
      if (!restore(published, stopped)) {
        return false;
      }
      history.requireReached(source, publication.end());
      if (!publication.state(
          settings.statement(
              version(),
              connection.configuration().samplesLearnedTogether(),
              connection.configuration().staleness()),
          stopped)) {
        return false;
      }
      LearningRate rate = settings.learningRate(totalSteps());
      if (published < 0 || rollback.isUnseen()) {
        background.begin(outgoing(Optional.empty(), true));
      }
      listener.began(source.described());
      if (atEnd()) {
        listener.hadEnded(step);
      }
      Pace pace = new Pace(step);
      disk = new UntilWritten(DISK_PAUSE, stopped);
      while (!stopped.getAsBoolean() && !atEnd()) {
        while (isAsked(published)) {
          if (!obey(background)) {
            return false;
          }
        }
        SourcePosition position = source.position();
        BooleanSupplier disturbed =
            () ->
                stopped.getAsBoolean()
                    || background.failed()
                    || isAsked(published)
                    || leavesWhileWaiting(published);
        List<E> batch = waits.on(Cause.EXAMPLES, () -> source.next(disturbed));
        if (batch.isEmpty()) {
          if (stopped.getAsBoolean() || background.failed()) {
            break;
          }
          if (!isAsked(published)) {
            if (!leavesWhileWaiting(published)) {
              break;
            }
            if (!background.left()) {
              return false;
            }
            leaveWhileWaiting(background, published);
          }
          continue;
        }
        listener.gathered(step + 1, batch, source.origins(), source.waiting());
        guard.beforeStep();
        Map<String, Double> metrics = learn(batch, rate);
        metrics.putAll(source.figures());
        step++;
        source.reached(step);
        if (metrics.get(Trainer.SKIPPED) > 0) {
          skippedSteps.append(step, batch, position);
        }
        metrics.putAll(validation.after(step, isLast()));
        metrics.putAll(evaluations.after(version(), isLast(), step > published));
        metrics.putAll(guard.afterStep(step));
        if (!waits.holds(Cause.WEIGHTS, background::left)) {
          return false;
        }
        metrics.putAll(waits.take());
        metrics.put("step_seconds", pace.sinceLastStep());
        leave(background, batch, metrics, published);
        repeat.learned();
        written(() -> metricsFile.append(step, metrics));
        listener.stepped(
            new StepReport(
                step, version(), totalSteps(), metrics, pace.remainingSeconds(step, totalSteps())));
      }
      if (!background.left()) {
        return false;
      }
      if (checkpointedStep < step) {
        checkpoint(trainer.state());
      }
      if (!stopped.getAsBoolean()) {
        evaluations
            .rest(stopped)
            .forEach(last -> written(() -> metricsFile.append(step, last.metrics())));
      }
      return !stopped.getAsBoolean();
    }
  }

  /**
   * A checkpoint ahead of the log is passed over: a crash came between it and its step's leaving,
   * and only the steps since the one before can say again what should have left.
   *
   * @return false if told to stop while the source was still finding its place
   */
  private boolean restore(long published, BooleanSupplier stopped) {
    Optional<Checkpoint> newest = checkpoints.newest(published < 0 ? Long.MAX_VALUE : published);
    if (newest.isPresent()) {
      Checkpoint checkpoint = newest.get();
      settings.identity().requireOwn(checkpoint, checkpoints.directory());
      history.requireKnown(checkpoint, published);
      step = checkpoint.step();
      checkpointedStep = step;
      trainer.restore(checkpoint.trainer());
      rollback.begin(checkpoint);
      source.reached(step);
      if (!source.seek(checkpoint.position(), stopped)) {
        return false;
      }
      source.abandon(rollback.abandoned());
      controls.ifPresent(held -> held.begin(checkpoint.commands()));
      guard.begin(checkpoint.trainer());
      validation.begin(checkpoint.validation());
      metricsFile.rewind(step);
      if (!beginEvaluations(checkpoint.validation(), step >= published, stopped)) {
        return false;
      }
      if (published >= 0) {
        source.takeRefusals(); // they left with the run's first weights
      }
    } else if (published >= 0) {
      throw history.missing(published);
    } else {
      if (!source.begin(stopped)) {
        return false;
      }
      controls.ifPresent(held -> held.begin(OptionalLong.empty()));
      validation.begin(ValidationState.NONE);
      metricsFile.rewind(step);
      if (!beginEvaluations(ValidationState.NONE, true, stopped)) {
        return false;
      }
      evaluations.beforeSteps();
      checkpoint(trainer.state());
    }
    skippedSteps.rewind(step);
    return true;
  }

  private boolean beginEvaluations(
      ValidationState checkpointed, boolean isNew, BooleanSupplier stopped) {
    Set<Long> told =
        metricsFile.values(VersionEvaluations.STEP).stream()
            .map(Double::longValue)
            .collect(Collectors.toSet());
    return evaluations.begin(checkpointed, rollback.abandoned(), told, isNew, stopped);
  }

  /** Whether somebody asks for something; steps that are repeated are not disturbed. */
  private boolean isAsked(long published) {
    return controls.isPresent() && step >= published && controls.get().isWaiting();
  }

  private boolean leavesWhileWaiting(long published) {
    return source.holdsRefusalsBack() || repeatsWeights(published);
  }

  private boolean repeatsWeights(long published) {
    return step >= published && source.waitsForSampling() && repeat.isDue();
  }

  private void leaveWhileWaiting(BackgroundPublication background, long published) {
    List<Refusal> refusals = source.takeRefusals();
    if (step < published) {
      return; // they left with the step the first time
    }
    boolean weights = repeatsWeights(published);
    if (weights) {
      LOG.info(
          "no rollouts for long: weights {} are sent once more, whole, for workers that lack them",
          WeightVersions.text(version()));
      repeat.sent();
    }
    background.begin(outgoing(Optional.empty(), weights, refusals, true));
  }

  /**
   * Does what the next command says; false where stopped first. The checkpoint that ends it counts
   * the command.
   */
  private boolean obey(BackgroundPublication background) {
    if (!background.left()) {
      return false;
    }
    Controls.Asked asked = controls.orElseThrow().take();
    ControlCommand command = asked.command();
    LOG.info(
        "{} asks for {} {}",
        command.getRequestedBy(),
        command.getAction(),
        command.getStep() == null ? "" : command.getStep());
    boolean reward = settings.configuration().objective().trainsRewardModel();
    if (command.getAction() == ControlAction.ROLL_BACK && reward) {
      LOG.info("a rollback is for the learner of the policy; the reward model stays as it is");
    } else if (command.getAction() == ControlAction.ROLL_BACK) {
      Optional<Long> target = rollback.target(command.getStep(), step);
      if (target.isPresent()) {
        trainer.restore(rollback.to(target.get(), step));
        source.abandon(rollback.abandoned());
        evaluations.abandon(rollback.abandoned());
        checkpoint(trainer.state());
        background.begin(outgoing(Optional.empty(), true, List.of()));
        return true;
      }
      String refusal = rollback.refusal(command.getStep(), step);
      LOG.warn("command {} is refused: {}", command.getCommandId(), refusal);
      background.begin(
          outgoing(
              Optional.empty(),
              false,
              List.of(new Refusal(asked.record(), DeadLetterKind.RULE, refusal, 0))));
      if (!background.left()) {
        return false;
      }
    }
    checkpoint(trainer.state());
    return true;
  }

  private Map<String, Double> learn(List<E> batch, LearningRate rate) {
    long started = System.nanoTime();
    Map<String, Double> metrics = new LinkedHashMap<>(trainer.step(batch, rate.at(step)));
    double seconds = (System.nanoTime() - started) / 1e9;
    metrics.put("learn_seconds", seconds);
    Double tokens = metrics.get("num_tokens");
    if (tokens != null) {
      metrics.put("tokens_per_second", tokens / seconds);
    }
    return metrics;
  }

  /**
   * The checkpoint comes first: what the log has must never be ahead of what can be repeated. And
   * it comes after the step before has left: what it skips on a restart must be in the log.
   */
  private void leave(
      BackgroundPublication background,
      List<E> batch,
      Map<String, Double> metrics,
      long published) {
    boolean last = atEnd();
    boolean checkpointDue =
        step % settings.configuration().checkpointEvery() == 0
            || last
            || !source.followsFromTheLog();
    boolean weightsDue = (settings.publishEveryStep() || checkpointDue) && guard.letsOut();
    if (checkpointDue || validation.isBest(step) || evaluations.isDue(step, last)) {
      checkpoint(trainer.state());
    }
    if (step <= published) {
      source.takeRefusals(); // they left with the step the first time
      return;
    }
    StepMetrics record =
        settings.metrics(
            version(), metrics, batch.stream().map(Example::id).toList(), source.heldOutIds());
    background.begin(outgoing(Optional.of(record), weightsDue));
  }

  private Publication.Outgoing outgoing(Optional<StepMetrics> metrics, boolean withWeights) {
    return outgoing(metrics, withWeights, source.takeRefusals());
  }

  private Publication.Outgoing outgoing(
      Optional<StepMetrics> metrics, boolean withWeights, List<Refusal> refusals) {
    return outgoing(metrics, withWeights, refusals, metrics.isEmpty() && step > 0);
  }

  private Publication.Outgoing outgoing(
      Optional<StepMetrics> metrics, boolean withWeights, List<Refusal> refusals, boolean again) {
    return new Publication.Outgoing(
        step,
        version(),
        settings.family(),
        withWeights ? Optional.of(trainer.model(sentIn)) : Optional.empty(),
        metrics,
        refusals,
        source.offset(),
        again);
  }

  private void checkpoint(TrainerState state) {
    Checkpoint checkpoint =
        new Checkpoint(
            settings.identity().kind(),
            Optional.of(settings.identity().objective()),
            step,
            rollback.generation(),
            rollback.abandoned(),
            source.position(),
            controls.map(held -> OptionalLong.of(held.offset())).orElse(OptionalLong.empty()),
            evaluated(),
            guard.with(state));
    if (step == 0) {
      checkpoints.save(checkpoint); // a place that was never writable is a mistake, not an accident
    } else {
      written(() -> checkpoints.save(checkpoint));
    }
    checkpointedStep = step;
  }

  private ValidationState evaluated() {
    return evaluations
        .state(kept -> kept == step || checkpoints.holds(kept))
        .orElseGet(validation::state);
  }

  /** The step whose weights did best in the evaluations so far. */
  public Optional<BestStep> best() {
    return evaluated().best();
  }

  private void written(Runnable writing) {
    waits.holds(
        Cause.DISK,
        () -> {
          disk.write(writing);
          return true;
        });
  }

  private WeightVersion version() {
    return new WeightVersion(rollback.generation(), step);
  }

  private boolean atEnd() {
    return isLast() || validation.endsTheRun() || evaluations.endsTheRun();
  }

  private boolean isLast() {
    OptionalLong total = totalSteps();
    return total.isPresent() && step >= total.getAsLong();
  }

  private OptionalLong totalSteps() {
    OptionalLong batches = source.totalBatches();
    long maxSteps = settings.configuration().maxSteps();
    if (maxSteps == 0) {
      return batches;
    }
    return OptionalLong.of(Math.min(maxSteps, batches.orElse(maxSteps)));
  }
}
