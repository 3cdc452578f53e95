package org.rlhfstreams.service.exchange;

import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.schemas.RegistryUnavailableException;

/**
 * What turns records into others, many at once and each in its own time. Called by the thread of a
 * {@link ContinuousLoop}; no method waits for a record to be finished.
 */
public interface ConcurrentWork {
  /** Whether it takes another record. */
  boolean hasRoom();

  /**
   * Takes a record; it is begun at the next {@link #start}.
   *
   * @throws RegistryUnavailableException to be given the same record again later
   */
  void take(ConsumerRecord<String, byte[]> record);

  /** Begins what was taken since the last call, together. */
  void start();

  /** Records taken and neither finished nor dropped. */
  int open();

  /**
   * Records finished since the last call, in that order. They are not open any more.
   *
   * @throws RuntimeException whatever has ended the work
   */
  List<FinishedRecord> takeFinished();

  /** Drops everything of some partitions: nothing of it is finished from here on. */
  void drop(Collection<TopicPartition> partitions);

  /** Drops what has been taken and is not being worked on yet. */
  void dropWaiting();

  /** Grows as long as the work goes on, also while it has to wait for something. */
  long progress();
}
