package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** The committed events of a topic of one partition. */
final class TopicEvents {
  private TopicEvents() {}

  static <T extends SpecificRecord> List<T> of(
      KafkaConnection connection, Topic topic, Class<T> event) {
    RecordDecoder<T> decoder = connection.decoder(event);
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    List<T> events = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          events.add(decoder.decode(record.topic(), record.value()));
        }
      }
    } catch (UndecodableException e) {
      throw new AssertionError(e);
    }
    return events;
  }
}
