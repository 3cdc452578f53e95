package org.rlhfstreams.learner.loop;

import java.util.List;
import java.util.Optional;
import org.rlhfstreams.learner.checkpoint.Checkpoint;
import org.rlhfstreams.learner.checkpoint.CheckpointStore;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.data.AbandonedGeneration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.weights.WeightGenerations;

/**
 * The rule how a run goes back: to the weights, moments and coefficients of a checkpoint that is
 * kept, as a new generation of weights. What was read stays read and the step's number goes on, so
 * that nothing counts twice. It knows the generation that the run is in, and those that it has
 * left.
 */
final class Rollback {
  private final KafkaConnection connection;
  private final LoopSettings settings;
  private final CheckpointStore checkpoints;
  private int generation;
  private List<AbandonedGeneration> abandoned = List.of();

  Rollback(KafkaConnection connection, LoopSettings settings, CheckpointStore checkpoints) {
    this.connection = connection;
    this.settings = settings;
    this.checkpoints = checkpoints;
    this.generation = settings.identity().generation();
  }

  /** Goes on from a checkpoint. */
  void begin(Checkpoint checkpoint) {
    generation = checkpoint.generation();
    abandoned = checkpoint.abandoned();
  }

  /** The generation of weights that the run is in. */
  int generation() {
    return generation;
  }

  /** Those that it has left. */
  List<AbandonedGeneration> abandoned() {
    return abandoned;
  }

  /**
   * The step that is gone back to; empty where there is no checkpoint of it.
   *
   * @param named null for the newest that is kept
   * @param step that the run has come to
   */
  Optional<Long> target(Long named, long step) {
    return kept(step).stream()
        .filter(kept -> named == null || kept.equals(named))
        .reduce((older, newer) -> newer);
  }

  /** Why there is no such step, for whoever asked. */
  String refusal(Long named, long step) {
    return "there is no checkpoint of %s to go back to: those of %s are kept"
        .formatted(named == null ? "any step" : "step " + named, kept(step));
  }

  private List<Long> kept(long step) {
    return checkpoints.models().keySet().stream().filter(kept -> kept <= step).sorted().toList();
  }

  /**
   * Leaves the generation for a new one, above all that the topic has.
   *
   * @param target step that is gone back to
   * @param step that the run has come to
   * @return what the run goes on from
   */
  TrainerState to(long target, long step) {
    TrainerState state = checkpoints.at(target).trainer().after(step);
    abandoned = AbandonedGeneration.after(abandoned, generation, target);
    generation = Math.max(generation, generations().newest().orElse(0)) + 1;
    return state;
  }

  /** Whether a crash came between a rollback's checkpoint and the commit of its weights. */
  boolean isUnseen() {
    return generation > settings.identity().generation()
        && generations().newestCommitted().orElse(0) < generation;
  }

  private WeightGenerations generations() {
    return WeightGenerations.of(connection, settings.weights());
  }
}
