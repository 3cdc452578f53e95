package org.rlhfstreams.service.log;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Takes records that are read in bulk, in the order of their stretch of the log. */
@FunctionalInterface
public interface BulkHandler {
  /**
   * Takes a record.
   *
   * @param record without its key; the value is null if it has none, and valid during the call only
   */
  void take(ConsumerRecord<Void, ByteBuffer> record);
}
