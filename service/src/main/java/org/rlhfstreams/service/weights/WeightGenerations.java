package org.rlhfstreams.service.weights;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;

/**
 * Which generations of weights a topic has. The header of a version says how many records follow,
 * and those are not fetched: it takes as long for a large model as for a small one.
 */
public final class WeightGenerations {
  private static final Duration POLL = Duration.ofMillis(100);

  private OptionalInt newest = OptionalInt.empty();
  private long next;

  private WeightGenerations() {}

  /**
   * The newest generation of which a version is kept, if any is. What is no weight record is passed
   * over.
   */
  public static OptionalInt newest(KafkaConnection connection, Topic weights) {
    TopicPartition partition = new TopicPartition(weights.name(), 0);
    try (TopicReader reader = TopicReader.of(connection, partition)) {
      return newest(reader, partition, connection.decoder(WeightRecord.class));
    }
  }

  static OptionalInt newest(
      TopicReader reader, TopicPartition partition, RecordDecoder<WeightRecord> decoder) {
    WeightGenerations generations = new WeightGenerations();
    RecordHandler handler =
        RecordHandler.decoding(decoder, generations::take, (record, reason) -> {});
    long end = reader.ask(consumer -> consumer.endOffsets(Set.of(partition))).get(partition);
    reader.setEnds(Map.of(partition, end));
    while (!reader.isAtEnd()) {
      generations.next = 0;
      if (reader.readNext(POLL, handler) && generations.next > 0) {
        reader.seek(partition, Math.min(generations.next, end));
      }
    }
    return generations.newest;
  }

  private void take(ConsumerRecord<String, byte[]> record, WeightRecord weights) {
    int generation = weights.getVersion().getGeneration();
    newest = OptionalInt.of(Math.max(generation, newest.orElse(generation)));
    if (weights.getBody() instanceof WeightHeader header && header.getChunks() > 0) {
      next = record.offset() + header.getChunks() + 1; // the commit
    }
  }
}
