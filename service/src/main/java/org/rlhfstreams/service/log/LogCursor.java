package org.rlhfstreams.service.log;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place in some partitions: what has been taken, what has been fetched, and where to stop. It
 * outlives its consumer: the next one begins behind the newest record that was taken. One thread
 * uses it; {@link #hasReached} and {@link #stop} are for any.
 */
final class LogCursor {
  private static final Logger LOG = LoggerFactory.getLogger(LogCursor.class);

  private final Supplier<? extends Consumer<String, byte[]>> consumers;
  private final Function<Consumer<String, byte[]>, Set<TopicPartition>> choice;
  private final Deque<ConsumerRecord<String, byte[]>> fetched = new ArrayDeque<>();
  private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
  private Set<TopicPartition> partitions = Set.of();
  private Map<TopicPartition, Long> ends = Map.of();
  private volatile Consumer<String, byte[]> consumer;
  private volatile boolean stopped;
  private boolean gapsRefused;

  /**
   * @param choice which partitions to read, asked for each consumer
   */
  LogCursor(
      Supplier<? extends Consumer<String, byte[]>> consumers,
      Function<Consumer<String, byte[]>, Set<TopicPartition>> choice) {
    this.consumers = consumers;
    this.choice = choice;
  }

  /**
   * The consumer, at this place.
   *
   * @throws WakeupException if it has been stopped
   */
  Consumer<String, byte[]> consumer() {
    if (consumer != null) {
      return consumer;
    }
    consumer = consumers.get();
    try {
      if (stopped) {
        throw new WakeupException(); // stop has found no consumer to wake
      }
      partitions = choice.apply(consumer);
      consumer.assign(partitions);
      Map<TopicPartition, Long> known = new HashMap<>(positions);
      known.keySet().retainAll(partitions);
      Set<TopicPartition> fresh = new HashSet<>(partitions);
      fresh.removeAll(known.keySet());
      if (!fresh.isEmpty()) { // none would mean all
        consumer.seekToBeginning(fresh);
      }
      known.forEach(consumer::seek);
      return consumer;
    } catch (RuntimeException e) {
      closeConsumer();
      throw e;
    }
  }

  Set<TopicPartition> partitions() {
    consumer();
    return partitions;
  }

  void seek(TopicPartition partition, long offset) {
    fetched.removeIf(record -> partition(record).equals(partition));
    consumer().seek(partition, offset);
    consumer.resume(Set.of(partition)); // what lay beyond its end before may not now
    positions.put(partition, offset);
  }

  void seekToBeginning() {
    fetched.clear();
    consumer().seekToBeginning(partitions);
    positions.clear();
  }

  /** Ends before these offsets; a partition without one has no end. */
  void setEnds(Map<TopicPartition, Long> bounds) {
    consumer().resume(consumer.paused());
    ends = Map.copyOf(bounds);
    List<ConsumerRecord<String, byte[]>> all = List.copyOf(fetched);
    fetched.clear();
    all.forEach(this::queue);
  }

  /** The next record; fetches if none is there. */
  Optional<ConsumerRecord<String, byte[]>> next(Duration longest) {
    if (fetched.isEmpty()) {
      try {
        consumer().poll(longest).forEach(this::queue);
      } catch (OffsetOutOfRangeException e) {
        goOnWithWhatIsKept(e.offsetOutOfRangePartitions());
      }
    }
    return Optional.ofNullable(fetched.peek());
  }

  private void queue(ConsumerRecord<String, byte[]> record) {
    TopicPartition partition = partition(record);
    if (record.offset() < ends.getOrDefault(partition, Long.MAX_VALUE)) {
      fetched.add(record);
    } else if (!consumer.paused().contains(partition)) {
      consumer.seek(partition, record.offset()); // it is read once there is another end
      consumer.pause(Set.of(partition));
    }
  }

  /** Ends with an error if retention has removed what comes next. */
  void refuseGaps() {
    gapsRefused = true;
  }

  private void goOnWithWhatIsKept(Map<TopicPartition, Long> removed) {
    Map<TopicPartition, Long> oldest = consumer.beginningOffsets(removed.keySet());
    removed.forEach(
        (partition, offset) -> {
          if (gapsRefused) {
            throw new ConnectionException(
                String.format(
                    Locale.ROOT,
                    ("offset %d of %s comes next, but the log begins at %d: retention has removed what had"
                        + " not been read. Start a new run with another connection.topic-prefix, and"
                        + " let its topics keep their records (retention.ms and retention.bytes -1)"),
                    offset,
                    partition,
                    oldest.get(partition)));
          }
          LOG.warn(
              "{}: the log no longer has offset {}; reading goes on at {}",
              partition,
              offset,
              oldest.get(partition));
          seek(partition, oldest.get(partition));
        });
  }

  /** The record that {@link #next} has given has been taken. */
  void taken() {
    ConsumerRecord<String, byte[]> record = fetched.remove();
    positions.put(partition(record), record.offset() + 1);
  }

  /** Transaction markers are no records, but take offsets. */
  void passMarkers(Duration longest) {
    if (!fetched.isEmpty()) {
      return;
    }
    for (TopicPartition partition : partitions()) {
      try {
        positions.put(partition, consumer.position(partition, longest));
      } catch (TimeoutException e) {
        LOG.debug("{}: the broker does not say where reading begins", partition);
      }
    }
  }

  boolean isAtEnd(Duration longest) {
    if (ends.isEmpty() || !fetched.isEmpty()) {
      return false;
    }
    passMarkers(longest);
    return hasReached(ends);
  }

  /** A partition that is not at its end. */
  TopicPartition unread() {
    return ends.keySet().stream()
        .filter(partition -> !hasReached(Map.of(partition, ends.get(partition))))
        .findFirst()
        .orElseThrow();
  }

  boolean hasReached(Map<TopicPartition, Long> offsets) {
    return offsets.entrySet().stream()
        .allMatch(end -> positions.getOrDefault(end.getKey(), -1L) >= end.getValue());
  }

  boolean isAtNewest() {
    return fetched.isEmpty() && partitions().stream().allMatch(p -> lag(p).orElse(1) == 0);
  }

  long waiting() {
    return fetched.size() + partitions().stream().mapToLong(p -> lag(p).orElse(0)).sum();
  }

  private OptionalLong lag(TopicPartition partition) {
    return consumer.currentLag(partition);
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  void stop() {
    stopped = true;
    Consumer<String, byte[]> open = consumer;
    if (open != null) {
      open.wakeup();
    }
  }

  boolean isStopped() {
    return stopped;
  }

  void closeConsumer() {
    fetched.clear();
    Consumer<String, byte[]> open = consumer;
    consumer = null;
    if (open != null) {
      open.close(CloseOptions.timeout(ShutdownBudget.CLIENT));
    }
  }
}
