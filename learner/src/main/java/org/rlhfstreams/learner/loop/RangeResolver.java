package org.rlhfstreams.learner.loop;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.learner.checkpoint.CheckpointException;
import org.rlhfstreams.learner.checkpoint.LogRange;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RangeBound;
import org.rlhfstreams.service.configuration.RangeConfiguration;

/** From the bounds that a user names to offsets, by what the log holds now. */
final class RangeResolver {
  private final Consumer<?, ?> consumer;
  private final TopicPartition partition;
  private final long oldest;
  private final long end;

  /**
   * @param consumer asked, not moved
   */
  RangeResolver(Consumer<?, ?> consumer, TopicPartition partition) {
    this.consumer = consumer;
    this.partition = partition;
    this.oldest = consumer.beginningOffsets(List.of(partition)).get(partition);
    this.end = consumer.endOffsets(List.of(partition)).get(partition);
  }

  /**
   * Finds the offsets.
   *
   * @throws ConfigurationException where they lie outside the log, or there is nothing between them
   */
  LogRange resolve(RangeConfiguration range) {
    long from = first(range);
    long until = last(range);
    if (until <= from) {
      throw new ConfigurationException(
          "range.from = %s to range.until = %s holds no record: %s"
              .formatted(range.from(), range.until(), whatIsThere()));
    }
    return new LogRange(from, until);
  }

  private long first(RangeConfiguration range) {
    RangeBound bound = range.first();
    return switch (bound.kind()) {
      case BEGINNING -> oldest;
      case END, NEVER -> end;
      case OFFSET -> inside("range.from", bound.value());
      case TIME ->
          at(bound.value())
              .orElseGet(
                  () -> {
                    if (range.isLive()) {
                      return end;
                    }
                    throw new ConfigurationException(
                        "range.from = %s is later than every record: %s"
                            .formatted(range.from(), whatIsThere()));
                  });
    };
  }

  private long last(RangeConfiguration range) {
    RangeBound bound = range.last();
    return switch (bound.kind()) {
      case NEVER -> LogRange.NEVER;
      case BEGINNING, END -> end;
      case OFFSET -> inside("range.until", bound.value());
      case TIME -> at(bound.value()).orElse(end);
    };
  }

  private long inside(String key, long offset) {
    if (offset < oldest || offset > end) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT, "%s = offset:%d lies outside the log: %s", key, offset, whatIsThere()));
    }
    return offset;
  }

  /** The first record that is not older than a time. */
  private OptionalLong at(long milliseconds) {
    OffsetAndTimestamp found =
        consumer.offsetsForTimes(Map.of(partition, milliseconds)).get(partition);
    return found == null ? OptionalLong.empty() : OptionalLong.of(found.offset());
  }

  private String whatIsThere() {
    if (end <= oldest) {
      return partition.topic()
          + " is empty: publish to it first, or wait for what comes with range.until = never";
    }
    OffsetAndTimestamp first = consumer.offsetsForTimes(Map.of(partition, 0L)).get(partition);
    return String.format(
        Locale.ROOT,
        "%s holds the offsets %d to %d%s",
        partition.topic(),
        oldest,
        end - 1,
        first == null ? "" : ", the oldest of " + Instant.ofEpochMilli(first.timestamp()));
  }

  /**
   * Checks that what a checkpoint has still to read is there.
   *
   * @throws CheckpointException where retention has removed it
   */
  void requireKept(long offset) {
    if (offset < oldest) {
      throw new CheckpointException(
          String.format(
                  Locale.ROOT,
                  "the checkpoint goes on at offset %d of %s, but retention has removed what lies before %d:",
                  offset,
                  partition.topic(),
                  oldest)
              + " start a new run with an empty learner.checkpoint-directory");
    }
  }

  /**
   * Checks that what a checkpoint has read is there to be read again.
   *
   * @throws CheckpointException where it is not
   */
  void requireReached(long offset) {
    if (offset > end) {
      throw new CheckpointException(
          String.format(
                  Locale.ROOT,
                  "the checkpoint has read %s up to offset %d, but that ends at %d: this is another log;",
                  partition,
                  offset,
                  end)
              + " name the broker that has the run's, or start a new run with an empty"
              + " learner.checkpoint-directory");
    }
  }
}
