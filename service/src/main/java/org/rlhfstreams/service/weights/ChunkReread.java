package org.rlhfstreams.service.weights;

import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;

/** Reads a part of a weights topic again, with a consumer of its own. */
final class ChunkReread implements WeightAssembler.ChunkSource {
  private final KafkaConnection connection;
  private final TopicPartition partition;
  private final BooleanSupplier stopped;

  /**
   * @param stopped ends it
   */
  ChunkReread(KafkaConnection connection, Topic topic, BooleanSupplier stopped) {
    this.connection = connection;
    this.partition = new TopicPartition(topic.name(), 0);
    this.stopped = stopped;
  }

  @Override
  public void read(long first, long last, WeightAssembler.RecordTaker records) {
    try (TopicReader reader =
        TopicReader.ofPartitions(connection::boundedWeightConsumer, List.of(partition))) {
      reader.seek(partition, first);
      reader.readTo(
          Map.of(partition, last + 1),
          RecordHandler.decoding(
              connection.decoder(WeightRecord.class),
              (record, weights) -> records.take(weights, record.offset()),
              (record, reason) -> {}), // named when it was read the first time
          stopped);
    }
  }
}
