package org.rlhfstreams.reward.rescore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.reward.AnswerScores;
import org.rlhfstreams.reward.ScorerAnswer;
import org.rlhfstreams.reward.StandaloneScorer;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.configuration.RangeBound;
import org.rlhfstreams.service.configuration.RangeConfiguration;
import org.rlhfstreams.service.index.TemporaryIndex;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.kafka.RecordTransactions;
import org.rlhfstreams.service.log.LogEnds;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;

/**
 * Gives rollouts that are in the log the scores of one more scorer. A rollout that has a score by
 * the same version of the scorer gets no other one, so that a command that was interrupted, or is
 * given twice, goes on where it ended; what was refused is tried again. Scores become visible in
 * transactions of the scorer's own name: a second process fences the first before it reads what is
 * there.
 */
public final class Rescoring {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration ANSWER_WITHIN = Duration.ofMinutes(1);

  /** A score is younger than its rollout, but not by the clock of every machine. */
  private static final Duration CLOCKS = Duration.ofHours(1);

  private final KafkaConnection connection;
  private final StandaloneScorer scorer;
  private final String version;
  private final Optional<OldReward> old;
  private final RescoreListener listener;
  private final RecordDecoder<Rollout> decoder;
  private final RescoreTally tally = new RescoreTally();
  private final KnownScores known;

  /**
   * @param version of the scores in events, such as the scorer's own
   * @param old what to compare with, if anything
   * @param index for what the log says of rollouts; empty, and for the caller to close
   */
  public Rescoring(
      KafkaConnection connection,
      StandaloneScorer scorer,
      String version,
      Optional<OldReward> old,
      TemporaryIndex index,
      RescoreListener listener) {
    this.connection = connection;
    this.scorer = scorer;
    this.version = version;
    this.old = old;
    this.listener = listener;
    this.decoder = connection.decoder(Rollout.class);
    this.known =
        new KnownScores(
            index, scorer.name(), version, old.map(OldReward::scorers).orElse(Set.of()));
  }

  /** A rollout that has no score yet, with the place of its record. */
  private record Unscored(Rollout rollout, int partition, long offset) {}

  /**
   * Scores a part of the log. To be called once.
   *
   * @param only the one partition of {@code rollouts} that is wanted; empty for all
   * @return empty if {@code stopped} said so before the end
   * @throws org.rlhfstreams.service.configuration.ConfigurationException if the range holds nothing
   * @throws org.rlhfstreams.service.kafka.ConnectionException if another process scores again with
   *     the same scorer
   */
  public Optional<RescoredRollouts> run(
      RangeConfiguration range, OptionalInt only, BooleanSupplier stopped) {
    String rollouts = connection.topics().rollouts().name();
    List<PartitionRange> ranges;
    try (KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
      ranges = RolloutRanges.resolve(consumer, rollouts, range, only);
    }
    for (PartitionRange one : ranges) {
      if (one.cut()) {
        listener.cut(one.partition(), one.from());
      }
    }
    String scores = connection.topics().scores().name();
    try (RecordTransactions transactions =
        RecordTransactions.open(connection, GroupNames.rescore(scorer.name()))) {
      PendingScores pending = new PendingScores(transactions, scores, scorer.name());
      for (PartitionRange one : ranges) {
        if (!readScores(new TopicPartition(scores, one.partition().partition()), range, stopped)
            || !score(one, pending, stopped)) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(tally.result());
  }

  /** Reads what the log says of the rollouts of a partition. */
  private boolean readScores(
      TopicPartition partition, RangeConfiguration range, BooleanSupplier stopped) {
    try (TopicReader reader = TopicReader.bounded(connection, partition)) {
      Map<TopicPartition, Long> end = written(partition);
      if (range.first().kind() == RangeBound.Kind.TIME) {
        long since = range.first().value() - CLOCKS.toMillis();
        OffsetAndTimestamp first =
            reader.ask(
                consumer ->
                    consumer.offsetsForTimes(Map.of(partition, Math.max(0, since))).get(partition));
        reader.seek(partition, first == null ? end.get(partition) : first.offset());
      }
      // What is no score, the join has refused.
      return reader.readTo(
          end,
          RecordHandler.decoding(
              connection.decoder(Score.class),
              (record, score) -> known.note(score),
              (record, reason) -> {}),
          stopped);
    }
  }

  /** The end of all that was sent, behind transactions that are open: those are waited for. */
  private Map<TopicPartition, Long> written(TopicPartition partition) {
    try (Admin admin = connection.admin()) {
      return Map.of(partition, LogEnds.written(admin, partition, ANSWER_WITHIN));
    }
  }

  /** Scores a partition; whether it has come to its end. */
  private boolean score(PartitionRange range, PendingScores pending, BooleanSupplier stopped) {
    int batchSize = scorer.batchSize(connection.configuration().rewardService().batchSize());
    List<Unscored> batch = new ArrayList<>();
    try (TopicReader reader = TopicReader.bounded(connection, range.partition())) {
      reader.setEnds(Map.of(range.partition(), range.until()));
      reader.seek(range.partition(), range.from());
      while (!reader.isAtEnd()) {
        if (stopped.getAsBoolean()) {
          pending.send();
          return false;
        }
        reader.readNext(POLL, record -> take(record, batch));
        if (batch.size() >= batchSize) {
          score(batch, pending);
        }
      }
      score(batch, pending);
      pending.send();
      return true;
    } catch (WakeupException e) {
      if (!stopped.getAsBoolean()) {
        throw e;
      }
      pending.send(); // the scorer was waiting for a service
      return false;
    }
  }

  private void take(ConsumerRecord<String, byte[]> record, List<Unscored> batch) {
    Optional<Rollout> rollout = rollout(record);
    listener.done(tally.done(), tally.scoredSoFar());
    if (rollout.isEmpty()) {
      return;
    }
    tally.rollout();
    OptionalDouble now = known.now(rollout.get().getRolloutId());
    if (now.isPresent()) {
      tally.present();
      compare(rollout.get(), record.partition(), record.offset(), now.getAsDouble());
    } else {
      batch.add(new Unscored(rollout.get(), record.partition(), record.offset()));
    }
  }

  private Optional<Rollout> rollout(ConsumerRecord<String, byte[]> record) {
    Optional<String> problem;
    try {
      Rollout rollout = decoder.decode(record.topic(), record.value());
      problem = RolloutRules.problem(rollout, Integer.MAX_VALUE, Integer.MAX_VALUE);
      if (problem.isEmpty()) {
        return Optional.of(rollout);
      }
    } catch (UndecodableException e) {
      problem = Optional.of(e.getMessage());
    }
    tally.unusable(problem.orElseThrow());
    return Optional.empty();
  }

  private void score(List<Unscored> batch, PendingScores pending) {
    if (batch.isEmpty()) {
      return;
    }
    List<ScorerAnswer> answers = scorer.score(batch.stream().map(Unscored::rollout).toList());
    if (answers.size() != batch.size()) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "the scorer %s has given %d answers to %d rollouts",
              scorer.name(),
              answers.size(),
              batch.size()));
    }
    for (int i = 0; i < answers.size(); i++) {
      scored(batch.get(i), answers.get(i), pending);
    }
    batch.clear();
    pending.sendIfDue();
  }

  private void scored(Unscored unscored, ScorerAnswer answer, PendingScores pending) {
    Rollout rollout = unscored.rollout();
    Score score =
        Score.newBuilder(AnswerScores.of(scorer.name(), rollout, answer, true))
            .setScorerVersion(version)
            .build();
    String id = rollout.getRolloutId();
    boolean isNew = true;
    if (score.getValue() == null) {
      tally.refused(score.getFailure());
      isNew = !known.isRefused(id);
    } else if (known.now(id).isPresent()) {
      tally.present(); // the rollout stands in the log twice
      isNew = false;
    } else {
      tally.scored();
      compare(rollout, unscored.partition(), unscored.offset(), score.getValue());
    }
    if (isNew) {
      pending.add(unscored.partition(), score);
      known.note(score);
    }
  }

  private void compare(Rollout rollout, int partition, long offset, double now) {
    if (old.isEmpty()) {
      return;
    }
    String id = rollout.getRolloutId();
    OptionalDouble before = old.get().of(known, id);
    if (before.isEmpty()) {
      tally.withoutOldReward();
      return;
    }
    long step =
        rollout.getSegments().stream()
            .map(VersionSegment::getVersion)
            .min(WeightVersions.ORDER)
            .orElseThrow()
            .getStep();
    tally.pair(new ScorePair(id, partition, offset, step, before.getAsDouble(), now));
  }
}
