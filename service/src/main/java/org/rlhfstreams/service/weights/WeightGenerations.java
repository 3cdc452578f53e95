package org.rlhfstreams.service.weights;

import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.TopicReader;

/** Which generations of weights a topic has. */
public final class WeightGenerations {
  private WeightGenerations() {}

  /** The newest generation of which a version is kept, if any is. */
  public static OptionalInt newest(KafkaConnection connection, Topic weights) {
    TopicPartition partition = new TopicPartition(weights.name(), 0);
    AtomicReference<OptionalInt> newest = new AtomicReference<>(OptionalInt.empty());
    try (TopicReader reader = TopicReader.of(connection, partition)) {
      reader.readToEnd(
          record -> {
            int generation = WeightVersions.generation(record.key());
            newest.updateAndGet(
                before -> OptionalInt.of(Math.max(generation, before.orElse(generation))));
          });
    }
    return newest.get();
  }
}
