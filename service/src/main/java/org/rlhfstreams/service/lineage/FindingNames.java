package org.rlhfstreams.service.lineage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;

/** Reads the ids of what was found again from the log: an account holds places, not ids. */
final class FindingNames {
  private final KafkaConnection connection;
  private final CommittedLog log;

  FindingNames(KafkaConnection connection, CommittedLog log) {
    this.connection = connection;
    this.log = log;
  }

  /** Names the first findings of each sort. */
  void name(Account account, int most) {
    for (Problem problem : Problem.values()) {
      List<Finding> named = new ArrayList<>();
      for (Finding finding : account.findings(problem, most)) {
        named.add(
            finding.index() == Finding.NAMELESS
                ? finding
                : id(finding).map(finding::named).orElse(finding));
      }
      account.show(problem, named);
    }
  }

  private Optional<String> id(Finding finding) {
    LogPlace place = finding.places().get(0);
    String topic = place.source().name(connection.topics());
    return log.record(new TopicPartition(topic, place.partition()), place.offset())
        .flatMap(record -> id(record, place.source(), finding.index()));
  }

  private Optional<String> id(ConsumerRecord<String, byte[]> record, LogSource source, int index) {
    return switch (source) {
      case REQUESTS ->
          event(record, RolloutRequest.class).map(request -> request.getRequestId() + "/" + index);
      case ROLLOUTS -> event(record, Rollout.class).map(Rollout::getRolloutId);
      case SCORES -> event(record, Score.class).map(Score::getRolloutId);
      case SCORED ->
          event(record, ScoredRollout.class).map(scored -> scored.getRollout().getRolloutId());
      case STEPS -> event(record, StepMetrics.class).flatMap(step -> learned(step, index));
      case LETTERS -> event(record, DeadLetter.class).flatMap(this::refused);
      case PREFERENCES -> event(record, Preference.class).map(Preference::getPreferenceId);
      case JUDGEMENTS -> event(record, Judgement.class).map(Judgement::getJudgementId);
      case WEIGHTS -> Optional.empty();
    };
  }

  private static Optional<String> learned(StepMetrics step, int index) {
    boolean rollouts = StepSequence.learnsFromRollouts(step);
    int at = rollouts ? index : index / AccountEntries.PARTS.length;
    return at < step.getRolloutIds().size()
        ? Optional.of(step.getRolloutIds().get(at))
        : Optional.empty();
  }

  private Optional<String> refused(DeadLetter letter) {
    return LogSource.named(letter.getTopic(), connection.topics())
        .flatMap(
            source ->
                log.record(
                        new TopicPartition(letter.getTopic(), letter.getPartition()),
                        letter.getOffset())
                    .flatMap(record -> id(record, source, 0)));
  }

  private <T extends SpecificRecord> Optional<T> event(
      ConsumerRecord<String, byte[]> record, Class<T> event) {
    try {
      return Optional.of(connection.decoder(event).decode(record.topic(), record.value()));
    } catch (UndecodableException e) {
      return Optional.empty();
    }
  }
}
