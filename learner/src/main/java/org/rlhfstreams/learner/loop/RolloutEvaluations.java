package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.checkpoint.ValidationState;
import org.rlhfstreams.learner.data.AbandonedGeneration;
import org.rlhfstreams.learner.validation.VersionEvaluations;
import org.rlhfstreams.learner.validation.VersionEvaluations.Outcome;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code scored-evaluations} beside the steps of a run that learns from rollouts. The whole
 * topic is read before the run goes on, so that which step is best is known then. Nothing that is
 * learned depends on it, but which checkpoints are kept, and whether the run ends early.
 */
public final class RolloutEvaluations implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RolloutEvaluations.class);
  private static final Duration LOOK = Duration.ofMillis(50);

  private final Optional<Following> following;
  private boolean decides;

  /** What is read, and what is made of it. */
  private static final class Following {
    private final KafkaConnection connection;
    private final TopicPartition partition;
    private final VersionEvaluations evaluations;
    private TopicReader reader;
    private ServiceThread thread;

    Following(KafkaConnection connection, VersionEvaluations evaluations) {
      this.connection = connection;
      this.partition = new TopicPartition(connection.topics().scoredEvaluations().name(), 0);
      this.evaluations = evaluations;
    }

    /** Whether all has been read that was there. */
    boolean catchUp(BooleanSupplier stopped) {
      if (thread == null) {
        reader = TopicReader.of(connection, partition);
        thread =
            ServiceThread.start("evaluations", ShutdownBudget.FOLLOWER, ends -> follow(reader));
      }
      boolean there =
          Pause.until(() -> reader.hasCaughtUp() || thread.ended().isDone(), LOOK, stopped);
      if (thread.ended().isCompletedExceptionally()) {
        thread.ended().join();
      }
      return there;
    }

    private void follow(TopicReader opened) {
      BrokerRefusal refusals = new BrokerRefusal(connection);
      try (opened) {
        opened.follow(
            RecordHandler.decoding(
                connection.decoder(ScoredRollout.class),
                (record, scored) -> evaluations.take(scored),
                (record, reason) ->
                    LOG.warn(
                        "{} offset {} is no scored rollout: {}",
                        partition,
                        record.offset(),
                        reason.getMessage())),
            refusals::endIn);
      }
    }

    void close() {
      if (thread != null) {
        reader.stop();
        thread.close();
      }
    }
  }

  private RolloutEvaluations(Optional<Following> following) {
    this.following = following;
  }

  /** Those of a run. */
  public static RolloutEvaluations of(KafkaConnection connection, VersionEvaluations evaluations) {
    return new RolloutEvaluations(Optional.of(new Following(connection, evaluations)));
  }

  /** Of a run that puts its weights to no held-out prompts. */
  public static RolloutEvaluations none() {
    return new RolloutEvaluations(Optional.empty());
  }

  /**
   * Reads what is there and goes on from a checkpoint.
   *
   * @param told steps whose evaluation has been reported
   * @param isNew whether no step is repeated that was published: until then nothing ends the run
   * @return false if told to stop before
   */
  boolean begin(
      ValidationState checkpointed,
      List<AbandonedGeneration> abandoned,
      Set<Long> told,
      boolean isNew,
      BooleanSupplier stopped) {
    decides = isNew;
    if (following.isPresent()) {
      if (!following.get().catchUp(stopped)) {
        return false;
      }
      following.get().evaluations.begin(checkpointed, abandoned, told);
    }
    return true;
  }

  /** A rollback has ended generations. */
  void abandon(List<AbandonedGeneration> abandoned) {
    following.ifPresent(on -> on.evaluations.abandon(abandoned));
  }

  /** Whether the weights after a step are to be evaluated, so that they have to be kept. */
  boolean isDue(long step, boolean last) {
    return following.filter(on -> on.evaluations.isDue(step, last)).isPresent();
  }

  /**
   * After a step.
   *
   * @param last whether no step follows
   * @param isNew whether it is done for the first time: while steps are repeated, nothing is
   *     reported and nothing ends the run
   * @return figures of an older step, if its evaluation has come in
   */
  Map<String, Double> after(WeightVersion version, boolean last, boolean isNew) {
    if (following.isEmpty()) {
      return Map.of();
    }
    VersionEvaluations evaluations = following.get().evaluations;
    decides = isNew;
    if (evaluations.isDue(version.getStep(), last)) {
      evaluations.await(version.getStep());
    }
    evaluations.settle();
    return isNew ? evaluations.next().map(Outcome::metrics).orElse(Map.of()) : Map.of();
  }

  /** The run's first weights are to be evaluated. */
  void beforeSteps() {
    following.ifPresent(on -> on.evaluations.await(0));
  }

  /** What a checkpoint keeps, if anything is evaluated. */
  Optional<ValidationState> state(LongPredicate kept) {
    return following.map(on -> on.evaluations.state(kept));
  }

  /**
   * At the end of the run: waits for evaluations that are under way, as long as answers come within
   * the patience.
   *
   * @return those that have not been reported
   */
  List<Outcome> rest(BooleanSupplier stopped) {
    List<Outcome> rest = new ArrayList<>();
    if (following.isEmpty()) {
      return rest;
    }
    VersionEvaluations evaluations = following.get().evaluations;
    evaluations.settle();
    if (evaluations.isAwaiting()) {
      LOG.info("the last evaluation is under way, and waited for");
    }
    while (evaluations.isAwaiting() && !stopped.getAsBoolean()) {
      Pause.of(LOOK, stopped);
      evaluations.settle();
    }
    for (Optional<Outcome> next = evaluations.next(); next.isPresent(); next = evaluations.next()) {
      rest.add(next.get());
    }
    return rest;
  }

  /** Whether the run should end for want of a better evaluation. */
  public boolean endsTheRun() {
    return decides && following.filter(on -> on.evaluations.endsTheRun()).isPresent();
  }

  /** Evaluations since the last that was better by enough. */
  public int unimproved() {
    return following.map(on -> on.evaluations.unimproved()).orElse(0);
  }

  @Override
  public void close() {
    following.ifPresent(Following::close);
  }
}
