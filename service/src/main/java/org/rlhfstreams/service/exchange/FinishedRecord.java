package org.rlhfstreams.service.exchange;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A record that has been dealt with.
 *
 * @param outputs what it became; may be empty
 */
public record FinishedRecord(
    ConsumerRecord<String, byte[]> record, List<ProducerRecord<String, Object>> outputs) {
  public FinishedRecord {
    outputs = List.copyOf(outputs);
  }
}
