package org.rlhfstreams.topology;

import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The rule that a topology counts a record once. A broker forgets the offsets of an application
 * that rests for long, and hands out everything again; what has been counted is in a store beside
 * the counts themselves, in the same transaction.
 */
public final class DoneOffsets {
  private static final String PREFIX = "done/";

  private final KeyValueStore<String, Long> store;

  /**
   * @param store of the processor that counts; other keys in it must not begin with {@code done/}
   */
  public DoneOffsets(KeyValueStore<String, Long> store) {
    this.store = store;
  }

  /**
   * Whether a record has not been counted; from now on it has.
   *
   * @param place of the record that is processed
   */
  public boolean isNew(RecordMetadata place) {
    String partition = PREFIX + place.topic() + "-" + place.partition();
    Long next = store.get(partition);
    if (next != null && place.offset() < next) {
      return false;
    }
    store.put(partition, place.offset() + 1);
    return true;
  }
}
