package org.rlhfstreams.learner.loop;

import java.util.List;
import java.util.Optional;
import org.rlhfstreams.learner.checkpoint.CheckpointStore;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.weights.WeightGenerations;

/**
 * The rule how a run goes back: to the weights, moments and coefficients of a checkpoint that is
 * kept, as a new generation of weights. What was read stays read and the step's number goes on, so
 * that nothing counts twice.
 */
final class Rollback {
  private final KafkaConnection connection;
  private final LoopSettings settings;
  private final CheckpointStore checkpoints;

  Rollback(KafkaConnection connection, LoopSettings settings, CheckpointStore checkpoints) {
    this.connection = connection;
    this.settings = settings;
    this.checkpoints = checkpoints;
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

  /** A checkpoint's state in a run that has come to a step. */
  TrainerState state(long target, long step) {
    return checkpoints.at(target).trainer().after(step);
  }

  /** The generation that a rollback opens: above all that the topic has. */
  int nextGeneration(int current) {
    return Math.max(current, newest()) + 1;
  }

  /** Whether a crash came between a rollback's checkpoint and its weights. */
  boolean isUnseen(int generation) {
    return generation > settings.identity().generation() && newest() < generation;
  }

  private int newest() {
    return WeightGenerations.newest(connection, settings.weights()).orElse(0);
  }
}
