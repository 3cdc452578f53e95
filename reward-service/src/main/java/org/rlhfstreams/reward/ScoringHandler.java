package org.rlhfstreams.reward;

import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.service.exchange.TransactionalLoop;

/** Turns rollouts into the scores of one scorer, a batch at a time. */
final class ScoringHandler implements TransactionalLoop.Handler {
  private final RolloutScorer scorer;
  private final ScoreEvents events;

  ScoringHandler(RolloutScorer scorer, ScoreEvents events) {
    this.scorer = scorer;
    this.events = events;
  }

  @Override
  public List<ProducerRecord<String, Object>> handle(List<ConsumerRecord<String, byte[]>> records) {
    List<RolloutRecord> rollouts =
        records.stream()
            .flatMap(record -> events.read(record).stream())
            .filter(one -> ScoreEvents.problem(one.rollout()).isEmpty())
            .toList();
    if (rollouts.isEmpty()) {
      return List.of();
    }
    Instant started = Instant.now();
    return events.written(
        rollouts, scorer.score(rollouts.stream().map(RolloutRecord::rollout).toList()), started);
  }
}
