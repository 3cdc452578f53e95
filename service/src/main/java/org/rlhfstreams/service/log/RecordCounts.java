package org.rlhfstreams.service.log;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;

/**
 * Counts committed records between offsets by reading them: the offsets themselves count the
 * markers of transactions too, and what compaction has removed. For who needs no more than an idea
 * of large figures they do. One thread.
 */
public final class RecordCounts implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(2);

  private final Supplier<? extends Consumer<Void, ByteBuffer>> consumers;
  private final long most;
  private Consumer<Void, ByteBuffer> consumer;

  /**
   * Counts all.
   *
   * @param consumers makes consumers of committed records without a group; the one is closed here
   */
  public RecordCounts(Supplier<? extends Consumer<Void, ByteBuffer>> consumers) {
    this(consumers, Long.MAX_VALUE);
  }

  /**
   * @param consumers makes consumers of committed records without a group; the one is closed here
   * @param most records of a stretch that are read, about; of the others each offset counts
   */
  public RecordCounts(Supplier<? extends Consumer<Void, ByteBuffer>> consumers, long most) {
    this.consumers = consumers;
    this.most = most;
  }

  /**
   * Records of a partition.
   *
   * @param from the first offset
   * @param until the offset after the last one; what comes after an open transaction is not counted
   */
  public long count(TopicPartition partition, long from, long until) {
    if (from >= until) {
      return 0;
    }
    if (consumer == null) {
      consumer = consumers.get();
    }
    consumer.assign(Set.of(partition));
    consumer.seek(partition, from);
    long count = 0;
    long reached = from;
    long heard = System.nanoTime();
    while (reached < until
        && count < most
        && System.nanoTime() - heard < LONGEST_SILENCE.toNanos()) {
      count += fetched(partition, until);
      long position = consumer.position(partition);
      if (position > reached) {
        reached = position;
        heard = System.nanoTime();
      }
    }
    return count < most ? count : count + until - reached;
  }

  private long fetched(TopicPartition partition, long until) {
    try {
      return consumer.poll(POLL).records(partition).stream()
          .filter(record -> record.offset() < until)
          .count();
    } catch (OffsetOutOfRangeException e) { // retention has removed them meanwhile
      Map<TopicPartition, Long> oldest = consumer.beginningOffsets(Set.of(partition));
      consumer.seek(partition, oldest.get(partition));
      return 0;
    }
  }

  @Override
  public void close() {
    if (consumer != null) {
      consumer.close(CloseOptions.timeout(ShutdownBudget.CLIENT));
    }
  }
}
