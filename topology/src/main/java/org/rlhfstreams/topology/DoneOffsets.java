package org.rlhfstreams.topology;

import java.util.HashMap;
import java.util.Map;
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
  private final Map<String, Partition> partitions = new HashMap<>();

  /** The store's key of a partition, and what it has there; nobody else writes it. */
  private static final class Partition {
    private final int number;
    private final String key;
    private long next;

    Partition(int number, String key, long next) {
      this.number = number;
      this.key = key;
      this.next = next;
    }
  }

  /**
   * @param store of the processor that counts, as it is now; other keys in it must not begin with
   *     {@code done/}
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
    Partition partition = partition(place);
    if (place.offset() < partition.next) {
      return false;
    }
    partition.next = place.offset() + 1;
    store.put(partition.key, partition.next);
    return true;
  }

  /** A task has one partition of a topic: the store is asked once. */
  private Partition partition(RecordMetadata place) {
    Partition known = partitions.get(place.topic());
    if (known == null || known.number != place.partition()) {
      String key = PREFIX + place.topic() + "-" + place.partition();
      Long next = store.get(key);
      known = new Partition(place.partition(), key, next == null ? 0 : next);
      partitions.put(place.topic(), known);
    }
    return known;
  }
}
