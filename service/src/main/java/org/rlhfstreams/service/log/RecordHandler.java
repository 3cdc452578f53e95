package org.rlhfstreams.service.log;

import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.schemas.UndecodableException;

/** Takes the records of a topic, one at a time and in the order of the log. */
@FunctionalInterface
public interface RecordHandler {
  /**
   * Takes a record.
   *
   * @throws RegistryUnavailableException if it cannot be decoded now: the reader hands it over
   *     again
   */
  void take(ConsumerRecord<String, byte[]> record);

  /**
   * A handler of decoded events.
   *
   * @param events takes each record with its event
   * @param undecodable takes each record that will never decode, with the reason
   */
  static <T extends SpecificRecord> RecordHandler decoding(
      RecordDecoder<T> decoder,
      BiConsumer<ConsumerRecord<String, byte[]>, T> events,
      BiConsumer<ConsumerRecord<String, byte[]>, UndecodableException> undecodable) {
    return record -> {
      T event;
      try {
        event = decoder.decode(record.topic(), record.value());
      } catch (UndecodableException e) {
        undecodable.accept(record, e);
        return;
      }
      events.accept(record, event);
    };
  }
}
