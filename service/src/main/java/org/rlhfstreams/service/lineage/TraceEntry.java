package org.rlhfstreams.service.lineage;

import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record on the way of a request.
 *
 * @param when it was written
 * @param event what had happened
 * @param topic with {@code partition} and {@code offset}: where it is
 * @param detail what it says, in a line
 */
public record TraceEntry(
    Instant when, String event, String topic, int partition, long offset, String detail) {
  static TraceEntry of(ConsumerRecord<String, byte[]> record, String event, String detail) {
    return new TraceEntry(
        Instant.ofEpochMilli(record.timestamp()),
        event,
        record.topic(),
        record.partition(),
        record.offset(),
        detail);
  }
}
