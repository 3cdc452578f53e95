package org.rlhfstreams.reward.rescore;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;

/** Reads a few rollouts again, to be shown to people. */
public final class RolloutTexts {
  private RolloutTexts() {}

  /**
   * The rollouts of some pairs, by id; without those that the log has lost meanwhile.
   *
   * @param pairs few: each is a read of its own
   */
  public static Map<String, Rollout> of(
      KafkaConnection connection, List<ScorePair> pairs, BooleanSupplier stopped) {
    Map<String, Rollout> rollouts = new HashMap<>();
    String topic = connection.topics().rollouts().name();
    for (ScorePair pair : pairs) {
      TopicPartition partition = new TopicPartition(topic, pair.partition());
      try (TopicReader reader = TopicReader.bounded(connection, partition)) {
        reader.seek(partition, pair.offset());
        reader.readTo(
            Map.of(partition, pair.offset() + 1),
            RecordHandler.decoding(
                connection.decoder(Rollout.class),
                (record, rollout) -> rollouts.put(rollout.getRolloutId(), rollout),
                (record, reason) -> {}),
            stopped);
      }
    }
    return rollouts;
  }
}
