package org.rlhfstreams.service.log;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.Pause;
import org.rlhfstreams.service.lifecycle.Retry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads committed records of partitions from their beginning, or from where it is told to: record
 * by record, up to an end, or for ever.
 *
 * <ul>
 *   <li>A record that cannot be decoded because the registry is away stays the next one.
 *   <li>While the broker is away, reading waits. {@link #follow} takes a new consumer after an
 *       error; the other methods throw it.
 *   <li>Transaction markers are passed: an end is reached if nothing but markers comes before it.
 *   <li>If retention has removed what comes next, reading goes on with the oldest record that is
 *       kept, and a warning says what is missing; a reader {@link #withoutGaps} ends.
 * </ul>
 *
 * <p>One thread reads; {@link #stop}, {@link #hasReached} and {@link #hasCaughtUp} are for any.
 */
public final class TopicReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final LogCursor cursor;
  private Optional<RegistryUnavailableException> registryAway = Optional.empty();
  private long registryAskedAt;
  private volatile Map<TopicPartition, Long> endsAtStart;

  private TopicReader(LogCursor cursor) {
    this.cursor = cursor;
  }

  /**
   * A reader of partitions.
   *
   * @param consumers makes consumers of committed records without a group: {@link
   *     KafkaConnection#plainConsumer} to follow the log, {@link KafkaConnection#boundedConsumer}
   *     to read what is there; they are closed here
   */
  public static TopicReader ofPartitions(
      Supplier<? extends Consumer<String, byte[]>> consumers,
      Collection<TopicPartition> partitions) {
    Set<TopicPartition> chosen = Set.copyOf(partitions);
    return new TopicReader(new LogCursor(consumers, any -> chosen));
  }

  /** A reader of what is there in one partition; see {@link KafkaConnection#boundedConsumer}. */
  public static TopicReader bounded(KafkaConnection connection, TopicPartition partition) {
    return ofPartitions(connection::boundedConsumer, List.of(partition));
  }

  /** A reader that follows one partition. */
  public static TopicReader of(KafkaConnection connection, TopicPartition partition) {
    return ofPartitions(connection::plainConsumer, List.of(partition));
  }

  /**
   * The same reader, for records of which each counts: it ends with a {@link
   * org.rlhfstreams.service.kafka.ConnectionException} if retention has removed what comes next.
   */
  public TopicReader withoutGaps() {
    cursor.refuseGaps();
    return this;
  }

  /**
   * A reader of all partitions of some topics, which the broker is asked for.
   *
   * @param consumers as {@link #ofPartitions} takes them
   */
  public static TopicReader ofTopics(
      Supplier<? extends Consumer<String, byte[]>> consumers, Collection<String> topics) {
    return new TopicReader(new LogCursor(consumers, consumer -> partitions(consumer, topics)));
  }

  private static Set<TopicPartition> partitions(
      Consumer<String, byte[]> consumer, Collection<String> topics) {
    Set<TopicPartition> partitions = new HashSet<>();
    for (String topic : topics) {
      consumer
          .partitionsFor(topic)
          .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    if (partitions.size() < topics.size()) {
      throw new KafkaException("of the topics " + topics + " some do not exist");
    }
    return partitions;
  }

  /** The partitions that are read. */
  public Set<TopicPartition> partitions() {
    return cursor.partitions();
  }

  /** Goes to an offset. */
  public void seek(TopicPartition partition, long offset) {
    cursor.seek(partition, offset);
  }

  /** Goes to the oldest records that are kept. */
  public void seekToBeginning() {
    cursor.seekToBeginning();
  }

  /**
   * Reads no further than to these offsets, for as long as no others are set.
   *
   * @param ends by partition, the first offset that is not read; a partition without one has no end
   */
  public void setEnds(Map<TopicPartition, Long> ends) {
    cursor.setEnds(ends);
  }

  /**
   * Hands over the next record, or waits for one.
   *
   * @param longest the longest wait; for the registry it waits no longer either
   * @return whether a record was taken
   */
  public boolean readNext(Duration longest, RecordHandler handler) {
    if (registryAway.isPresent() && System.nanoTime() - registryAskedAt < AFTER_FAILURE.toNanos()) {
      Pause.of(longest, cursor::isStopped);
      return false;
    }
    Optional<ConsumerRecord<String, byte[]>> next = cursor.next(longest);
    boolean taken = next.isPresent() && isTaken(next.get(), handler);
    cursor.passMarkers(longest);
    return taken;
  }

  private boolean isTaken(ConsumerRecord<String, byte[]> record, RecordHandler handler) {
    try {
      handler.take(record);
      cursor.taken();
      registryAway = Optional.empty();
      return true;
    } catch (RegistryUnavailableException e) {
      LOG.warn("{}; {} waits", e.getMessage(), record.topic());
      registryAway = Optional.of(e);
      registryAskedAt = System.nanoTime();
      return false;
    }
  }

  /** Whether everything before the ends that were set has been taken; false if none are set. */
  public boolean isAtEnd() {
    return cursor.isAtEnd(POLL);
  }

  /** Hands over everything that is committed now. */
  public void readToEnd(RecordHandler handler) {
    readTo(cursor.consumer().endOffsets(partitions()), handler);
  }

  /** Hands over everything before some ends; waits for transactions that are open there. */
  public void readTo(Map<TopicPartition, Long> ends, RecordHandler handler) {
    read(ends, handler, Optional.empty(), () -> false);
  }

  /**
   * The same, until told to stop.
   *
   * @return whether everything before the ends has been handed over
   */
  public boolean readTo(
      Map<TopicPartition, Long> ends, RecordHandler handler, BooleanSupplier stopped) {
    return read(ends, handler, Optional.empty(), stopped);
  }

  /**
   * The same, but with a limit to waiting.
   *
   * @param silence the longest time without a record
   * @throws ExplainedException if nothing has come for that long, with the topic's name
   * @throws RegistryUnavailableException if that is because the registry is away
   */
  public void readTo(Map<TopicPartition, Long> ends, RecordHandler handler, Duration silence) {
    read(ends, handler, Optional.of(silence), () -> false);
  }

  private boolean read(
      Map<TopicPartition, Long> ends,
      RecordHandler handler,
      Optional<Duration> silence,
      BooleanSupplier stopped) {
    boolean atEnd = false;
    try {
      setEnds(ends);
      long heard = System.nanoTime();
      while (!cursor.isStopped() && !stopped.getAsBoolean()) {
        if (isAtEnd()) {
          atEnd = true;
          break;
        }
        if (readNext(POLL, handler)) {
          heard = System.nanoTime();
        } else if (silence.isPresent() && System.nanoTime() - heard > silence.get().toNanos()) {
          throw silent(silence.get());
        }
      }
      setEnds(Map.of());
    } catch (WakeupException e) {
      requireStopped(e);
    }
    return atEnd;
  }

  private RuntimeException silent(Duration silence) {
    if (registryAway.isPresent()) {
      return registryAway.get();
    }
    return new ExplainedException(
        String.format(
            Locale.ROOT,
            "a transaction on %s has been open for %d s: who writes there has died, or hangs; rlhf status names the members",
            cursor.unread().topic(),
            silence.toSeconds()));
  }

  /**
   * Reads until it is stopped. After an error of Kafka it begins anew, behind the newest record
   * that was taken.
   *
   * @param failed hears of each error; may throw to end the reading
   */
  public void follow(
      RecordHandler handler, java.util.function.Consumer<? super KafkaException> failed) {
    Retry.every(AFTER_FAILURE)
        .after(KafkaException.class)
        .unless(cursor::isStopped)
        .telling(
            error -> {
              cursor.closeConsumer();
              failed.accept((KafkaException) error);
              LOG.warn("the log cannot be read now: {}; trying again", error.getMessage());
            })
        .run(() -> readOn(handler));
  }

  private void readOn(RecordHandler handler) {
    try {
      if (endsAtStart == null) {
        endsAtStart = Map.copyOf(cursor.consumer().endOffsets(partitions()));
      }
      while (!cursor.isStopped()) {
        readNext(POLL, handler);
      }
    } catch (WakeupException e) {
      requireStopped(e);
    }
  }

  private void requireStopped(WakeupException wakeup) {
    if (!cursor.isStopped()) {
      throw wakeup;
    }
  }

  /** Whether everything before some offsets has been taken. */
  public boolean hasReached(Map<TopicPartition, Long> offsets) {
    return cursor.hasReached(offsets);
  }

  /** Whether everything that was there when {@link #follow} began has been taken. */
  public boolean hasCaughtUp() {
    Map<TopicPartition, Long> atStart = endsAtStart;
    return atStart != null && hasReached(atStart);
  }

  /** Whether everything that the log held at the last fetch has been taken. */
  public boolean isAtNewest() {
    return cursor.isAtNewest();
  }

  /** Records that are in the log and have not been taken, as far as is known. */
  public long waiting() {
    return cursor.waiting();
  }

  /** The offset after the newest record of a partition that has been fetched, taken or not. */
  public long fetched(TopicPartition partition) {
    return cursor.consumer().position(partition);
  }

  /** Asks the consumer for what the broker has; the question must not move it. */
  public <T> T ask(Function<Consumer<?, ?>, T> question) {
    return question.apply(cursor.consumer());
  }

  /** Ends the reading at once, from any thread; does not wait for it. */
  public void stop() {
    cursor.stop();
  }

  /** Closes the consumer; for the thread that reads, or once that has ended. */
  @Override
  public void close() {
    cursor.closeConsumer();
  }
}
