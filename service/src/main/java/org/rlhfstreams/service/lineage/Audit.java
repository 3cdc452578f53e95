package org.rlhfstreams.service.lineage;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * Draws up the account from the log, while the run goes on or after it. Upstream is read before
 * downstream, so that whatever was done with is seen where it went.
 */
public final class Audit {

  private final KafkaConnection connection;
  private final Topics topics;
  private final Account account = new Account();
  private final RecordDecoder<RolloutRequest> requests;
  private final RecordDecoder<Rollout> rollouts;
  private final RecordDecoder<ScoredRollout> scored;

  public Audit(KafkaConnection connection) {
    this.connection = connection;
    this.topics = connection.topics();
    this.requests = connection.decoder(RolloutRequest.class);
    this.rollouts = connection.decoder(Rollout.class);
    this.scored = connection.decoder(ScoredRollout.class);
  }

  /** Reads everything, once. */
  public Account account() throws ExecutionException, InterruptedException {
    try (CommittedLog log = new CommittedLog(connection)) {
      String prefix = connection.configuration().connection().topicPrefix();
      Map<TopicPartition, Long> done = log.committed(prefix + GroupNames.ROLLOUT_WORKERS);
      log.read(
          topics.rolloutRequests(),
          requests,
          (record, request) ->
              account.admit(request.getRequestId(), request.getSamples(), passed(done, record)));
      Map<TopicPartition, Long> scoringDone = log.committed(prefix + GroupNames.REWARD_SERVICE);
      log.read(
          topics.rollouts(),
          rollouts,
          (record, rollout) -> account.sample(rollout.getRolloutId(), passed(scoringDone, record)));
      log.read(
          topics.scoredRollouts(),
          scored,
          (record, s) -> account.enter(Account.Stage.SCORED, s.getRollout().getRolloutId()));
      log.read(
          topics.trainingMetrics(),
          connection.decoder(StepMetrics.class),
          (record, step) -> {
            if (learnsFromRollouts(step)) {
              step.getRolloutIds().forEach(id -> account.enter(Account.Stage.LEARNED, id));
            }
          });
      log.read(
          topics.deadLetters(),
          connection.decoder(DeadLetter.class),
          (record, letter) -> bury(log, letter));
    }
    return account;
  }

  /** Steps on preferences are on another account, and a replay, named otherwise, on none. */
  private static boolean learnsFromRollouts(StepMetrics step) {
    return TrainingObjective.named(step.getObjective())
        .filter(TrainingObjective::learnsFromRollouts)
        .isPresent();
  }

  private static boolean passed(
      Map<TopicPartition, Long> done, ConsumerRecord<String, byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    return record.offset() < done.getOrDefault(partition, 0L);
  }

  private void bury(CommittedLog log, DeadLetter letter) {
    if (letter.getLostRollouts() == 0 || letter.getValue() == null) {
      return; // nobody had asked for it
    }
    Optional<byte[]> whole = value(log, letter);
    if (whole.isEmpty()) {
      return;
    }
    byte[] value = whole.get();
    String topic = letter.getTopic();
    if (topic.equals(topics.rolloutRequests().name())) {
      decoded(requests, topic, value)
          .ifPresent(
              request -> {
                for (int i = 0; i < request.getSamples(); i++) {
                  account.bury(request.getRequestId() + "/" + i);
                }
              });
    } else if (topic.equals(topics.rollouts().name())) {
      decoded(rollouts, topic, value).ifPresent(r -> account.bury(r.getRolloutId()));
    } else if (topic.equals(topics.scoredRollouts().name())) {
      decoded(scored, topic, value).ifPresent(s -> account.bury(s.getRollout().getRolloutId()));
    }
  }

  /** Of a letter that was cut the value is where it was read, for as long as retention lets it. */
  private static Optional<byte[]> value(CommittedLog log, DeadLetter letter) {
    if (letter.getOriginalValueBytes() == null) {
      byte[] value = new byte[letter.getValue().remaining()];
      letter.getValue().duplicate().get(value);
      return Optional.of(value);
    }
    return log.record(
            new TopicPartition(letter.getTopic(), letter.getPartition()), letter.getOffset())
        .map(ConsumerRecord::value);
  }

  /** What is no event has a dead letter of its own, and is on no account. */
  private static <T extends SpecificRecord> Optional<T> decoded(
      RecordDecoder<T> decoder, String topic, byte[] value) {
    try {
      return Optional.of(decoder.decode(topic, value));
    } catch (UndecodableException e) {
      return Optional.empty();
    }
  }
}
