package org.rlhfstreams.reward.rescore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.RecordTransactions;

/**
 * Scores on their way to the log: many in one transaction if they come quickly, and none that waits
 * for long. A process that is killed loses those that wait, and the next one scores them again.
 */
final class PendingScores {
  private static final int MOST = 500;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final RecordTransactions transactions;
  private final String topic;
  private final String scorer;
  private final List<ProducerRecord<String, Object>> records = new ArrayList<>();
  private long sentAt = System.nanoTime();

  PendingScores(RecordTransactions transactions, String topic, String scorer) {
    this.transactions = transactions;
    this.topic = topic;
    this.scorer = scorer;
  }

  /**
   * Takes one.
   *
   * @param partition of the rollout: its scores are in the partition of the same number
   */
  void add(int partition, Score score) {
    records.add(new ProducerRecord<>(topic, partition, score.getRequestId(), score));
  }

  /** Sends what is there if it is much, or has waited for long. */
  void sendIfDue() {
    if (records.size() >= MOST || System.nanoTime() - sentAt > LONGEST_WAIT.toNanos()) {
      send();
    }
  }

  /**
   * Sends what is there.
   *
   * @throws ConnectionException if another process has begun to score again with the same scorer
   */
  void send() {
    if (!records.isEmpty()) {
      try {
        transactions.send(records);
      } catch (KafkaException e) {
        throw RecordTransactions.isFenced(e)
            ? new ConnectionException(
                "another rlhf rescore --scorer %s has begun and takes over here; it goes on where this one ends"
                    .formatted(scorer),
                e)
            : e;
      }
      records.clear();
    }
    sentAt = System.nanoTime();
  }
}
