package org.rlhfstreams.learner.loop;

import java.nio.file.Path;
import java.util.Locale;
import org.rlhfstreams.learner.checkpoint.Checkpoint;
import org.rlhfstreams.learner.checkpoint.CheckpointException;

/**
 * The rule that a run goes on only if its checkpoints and the log tell of the same history. Where
 * one of them was lost or exchanged, going on would learn some records twice or never.
 */
final class SharedHistory {
  private final RunIdentity identity;
  private final Path checkpoints;

  SharedHistory(RunIdentity identity, Path checkpoints) {
    this.identity = identity;
    this.checkpoints = checkpoints.toAbsolutePath();
  }

  /** The error that the log has steps of the run, and there is no checkpoint. */
  CheckpointException missing(long published) {
    return new CheckpointException(
        String.format(
            Locale.ROOT,
            ("the log has steps of this run up to %d, but %s has no checkpoint: name the directory that"
                + " has it with learner.checkpoint-directory, or start a new run with another"
                + " connection.topic-prefix"),
            published,
            checkpoints));
  }

  /**
   * Checks that the log knows of a run that has a step in a checkpoint: the weights that a run
   * starts from leave before its first step is saved.
   *
   * @param published newest step in the log, or -1
   * @throws CheckpointException if it does not
   */
  void requireKnown(Checkpoint checkpoint, long published) {
    if (published < 0 && checkpoint.step() > 0) {
      throw new CheckpointException(
          String.format(
              Locale.ROOT,
              ("the checkpoint in %s is of step %d, but the log knows nothing of %s: its topics were made"
                  + " anew, or this is another cluster. Name the broker that has the run's in"
                  + " connection.bootstrap-servers, or start a new run with an empty"
                  + " learner.checkpoint-directory"),
              checkpoints,
              checkpoint.step(),
              identity.runId()));
    }
  }

  /**
   * Checks that the log goes as far as the run has read.
   *
   * @param end of the partition that is read
   * @throws CheckpointException if it ends before
   */
  void requireReached(ExampleSource<?> source, long end) {
    if (source.offset() > end) {
      throw new CheckpointException(
          String.format(
              Locale.ROOT,
              ("the checkpoint in %s has read %s up to offset %d, but that ends at %d: this is another log;"
                  + " name the broker that has the run's, or start a new run with an empty"
                  + " learner.checkpoint-directory"),
              checkpoints,
              source.partition(),
              source.offset(),
              end));
    }
  }
}
