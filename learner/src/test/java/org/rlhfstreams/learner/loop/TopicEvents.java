package org.rlhfstreams.learner.loop;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;

/** The committed events of a topic of one partition. */
final class TopicEvents {
  private TopicEvents() {}

  static <T extends SpecificRecord> List<T> of(
      KafkaConnection connection, Topic topic, Class<T> event) {
    List<T> events = new ArrayList<>();
    try (TopicReader reader = TopicReader.of(connection, new TopicPartition(topic.name(), 0))) {
      reader.readToEnd(
          RecordHandler.decoding(
              connection.decoder(event),
              (record, one) -> events.add(one),
              (record, reason) -> {
                throw new AssertionError(reason);
              }));
    }
    return events;
  }
}
