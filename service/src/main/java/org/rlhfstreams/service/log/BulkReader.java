package org.rlhfstreams.service.log;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.lifecycle.Workers;

/**
 * Reads partitions from their beginning to given ends as fast as several threads can: what a
 * partition has is read in stretches, by whichever thread has time, so that one large partition
 * keeps all of them busy. The order is that of the log within a stretch only.
 *
 * <p>It waits for transactions that are open before an end. What retention removes meanwhile is
 * passed over; {@link #shortened} says where.
 */
public final class BulkReader {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Supplier<? extends Consumer<Void, ByteBuffer>> consumers;
  private final int threads;
  private final long stretch;
  private final Duration longestSilence;
  private final Set<TopicPartition> shortened = ConcurrentHashMap.newKeySet();
  private final AtomicLong records = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  /** Offsets of a partition, the end exclusive. */
  private record Stretch(TopicPartition partition, long from, long until) {}

  /**
   * @param consumers makes consumers of committed records without a group; closed here
   * @param threads that read, 1 or more
   * @param stretch offsets that one thread reads at a time, at most
   * @param longestSilence the longest time without a record or marker
   */
  public BulkReader(
      Supplier<? extends Consumer<Void, ByteBuffer>> consumers,
      int threads,
      long stretch,
      Duration longestSilence) {
    this.consumers = consumers;
    this.threads = threads;
    this.stretch = stretch;
    this.longestSilence = longestSilence;
  }

  /**
   * Hands over every committed record of some offsets.
   *
   * @param beginnings by partition, the first offset
   * @param ends by the same partitions, the offset after the last one
   * @param handlers makes a handler for each thread
   * @throws ExplainedException if a transaction stays open before an end
   */
  public void read(
      Map<TopicPartition, Long> beginnings,
      Map<TopicPartition, Long> ends,
      Supplier<? extends BulkHandler> handlers)
      throws InterruptedException {
    List<Stretch> stretches = new ArrayList<>();
    ends.forEach(
        (partition, end) -> {
          for (long from = beginnings.get(partition); from < end; from += stretch) {
            stretches.add(new Stretch(partition, from, Math.min(end, from + stretch)));
          }
        });
    ConcurrentLinkedQueue<Stretch> queue = new ConcurrentLinkedQueue<>(stretches);
    if (queue.isEmpty()) {
      return;
    }
    Workers.run(
        Math.min(threads, stretches.size()),
        "bulk-reader",
        stopped -> work(queue, handlers.get(), stopped));
  }

  private void work(
      ConcurrentLinkedQueue<Stretch> queue, BulkHandler handler, BooleanSupplier stopped) {
    Consumer<Void, ByteBuffer> consumer = consumers.get();
    try {
      for (Stretch next = queue.poll();
          next != null && !stopped.getAsBoolean();
          next = queue.poll()) {
        read(consumer, next, handler, stopped);
      }
    } finally {
      consumer.close(CloseOptions.timeout(ShutdownBudget.CLIENT));
    }
  }

  private void read(
      Consumer<Void, ByteBuffer> consumer,
      Stretch part,
      BulkHandler handler,
      BooleanSupplier stopped) {
    TopicPartition partition = part.partition();
    consumer.assign(Set.of(partition));
    consumer.seek(partition, part.from());
    long reached = part.from();
    long heard = System.nanoTime();
    while (reached < part.until() && !stopped.getAsBoolean()) {
      ConsumerRecords<Void, ByteBuffer> fetched = poll(consumer, partition);
      long taken = 0;
      long size = 0;
      for (ConsumerRecord<Void, ByteBuffer> record : fetched.records(partition)) {
        if (record.offset() >= part.until()) {
          break;
        }
        handler.take(record);
        taken++;
        size += Math.max(0, record.serializedValueSize());
      }
      records.addAndGet(taken);
      bytes.addAndGet(size);
      long position = consumer.position(partition);
      if (position > reached) {
        reached = position;
        heard = System.nanoTime();
      } else if (System.nanoTime() - heard > longestSilence.toNanos()) {
        throw new ExplainedException(
            String.format(
                Locale.ROOT,
                "a transaction on %s has been open for %d s: who writes there has died, or hangs; rlhf"
                    + " status names the members",
                partition.topic(),
                longestSilence.toSeconds()));
      }
    }
  }

  private ConsumerRecords<Void, ByteBuffer> poll(
      Consumer<Void, ByteBuffer> consumer, TopicPartition partition) {
    try {
      return consumer.poll(POLL);
    } catch (OffsetOutOfRangeException e) {
      consumer.seek(partition, consumer.beginningOffsets(Set.of(partition)).get(partition));
      shortened.add(partition);
      return ConsumerRecords.empty();
    }
  }

  /** Partitions of which retention has removed records while they were read. */
  public Set<TopicPartition> shortened() {
    return Set.copyOf(shortened);
  }

  /** Records handed over so far. */
  public long records() {
    return records.get();
  }

  /** Bytes of their values. */
  public long bytes() {
    return bytes.get();
  }
}
