package org.rlhfstreams.reward.rescore;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.RangeBound;
import org.rlhfstreams.service.configuration.RangeConfiguration;

/** From the bounds that a user names to offsets of each partition, by what the log holds now. */
final class RolloutRanges {
  private final Consumer<?, ?> consumer;
  private final String topic;
  private final RangeConfiguration range;

  private RolloutRanges(Consumer<?, ?> consumer, String topic, RangeConfiguration range) {
    this.consumer = consumer;
    this.topic = topic;
    this.range = range;
  }

  /**
   * Finds the offsets.
   *
   * @param consumer asked, not moved
   * @param only the one partition that is wanted; empty for all
   * @return ranges that are not empty, by partition; at least one
   * @throws ConfigurationException if there is nothing between the bounds, or they are not those of
   *     a part of this log
   */
  static List<PartitionRange> resolve(
      Consumer<?, ?> consumer, String topic, RangeConfiguration range, OptionalInt only) {
    if (range.isLive()) {
      throw new ConfigurationException(
          "range.until = never: scoring again goes over what is there; name an end or leave it"
              + " out. Rollouts to come are scored by rlhf reward-service");
    }
    return new RolloutRanges(consumer, topic, range).resolve(only);
  }

  private List<PartitionRange> resolve(OptionalInt only) {
    List<TopicPartition> all =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .sorted(Comparator.comparingInt(TopicPartition::partition))
            .toList();
    List<TopicPartition> wanted =
        all.stream().filter(one -> only.isEmpty() || only.getAsInt() == one.partition()).toList();
    if (wanted.isEmpty()) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "--partition %d: %s has the partitions 0 to %d",
              only.orElseThrow(),
              topic,
              all.size() - 1));
    }
    if (wanted.size() > 1 && (isOffset(range.first()) || isOffset(range.last()))) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "an offset is a place in one partition, and %s has %d: add --partition N, or name"
                  + " times, such as --from 2026-05-01T00:00:00Z",
              topic,
              wanted.size()));
    }
    Map<TopicPartition, Long> oldest = consumer.beginningOffsets(wanted);
    Map<TopicPartition, Long> ends = consumer.endOffsets(wanted);
    List<PartitionRange> ranges = new ArrayList<>();
    for (TopicPartition partition : wanted) {
      PartitionRange found = range(partition, oldest.get(partition), ends.get(partition));
      if (found.size() > 0) {
        ranges.add(found);
      }
    }
    if (ranges.isEmpty()) {
      throw empty(oldest, ends);
    }
    return ranges;
  }

  /** That nothing is between the bounds, with what is there. */
  private ConfigurationException empty(
      Map<TopicPartition, Long> oldest, Map<TopicPartition, Long> ends) {
    String there =
        ends.keySet().stream()
            .filter(partition -> ends.get(partition) > oldest.get(partition))
            .sorted(Comparator.comparingInt(TopicPartition::partition))
            .map(partition -> held(partition, oldest.get(partition), ends.get(partition)))
            .collect(Collectors.joining("; "));
    return new ConfigurationException(
        "range.from = %s to range.until = %s holds no rollout: %s"
            .formatted(
                range.from(),
                range.until(),
                there.isEmpty() ? topic + " is empty: nothing has been sampled yet" : there));
  }

  private String held(TopicPartition partition, long oldest, long end) {
    OffsetAndTimestamp first = firstSince(partition, 0);
    return String.format(
        Locale.ROOT,
        "%s holds the offsets %d to %d%s",
        partition,
        oldest,
        end - 1,
        first == null ? "" : ", the oldest of " + Instant.ofEpochMilli(first.timestamp()));
  }

  private static boolean isOffset(RangeBound bound) {
    return bound.kind() == RangeBound.Kind.OFFSET;
  }

  private PartitionRange range(TopicPartition partition, long oldest, long end) {
    RangeBound first = range.first();
    RangeBound last = range.last();
    long from =
        switch (first.kind()) {
          case BEGINNING -> oldest;
          case END, NEVER -> end;
          case OFFSET -> Math.max(oldest, inside("range.from", partition, first, oldest, end));
          case TIME -> at(partition, first.value(), end);
        };
    long until =
        switch (last.kind()) {
          case OFFSET -> inside("range.until", partition, last, oldest, end);
          case TIME -> at(partition, last.value(), end);
          case BEGINNING, END, NEVER -> end;
        };
    boolean cut =
        switch (first.kind()) {
          case BEGINNING -> oldest > 0;
          case OFFSET -> first.value() < oldest;
          // What was removed may have been younger than that.
          case TIME -> oldest > 0 && from == oldest;
          case END, NEVER -> false;
        };
    return new PartitionRange(partition, from, Math.max(from, until), cut);
  }

  private long inside(
      String key, TopicPartition partition, RangeBound bound, long oldest, long end) {
    if (bound.value() > end) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "%s = offset:%d lies behind the log: %s",
              key,
              bound.value(),
              end > oldest ? held(partition, oldest, end) : partition + " is empty"));
    }
    return bound.value();
  }

  private long at(TopicPartition partition, long milliseconds, long end) {
    OffsetAndTimestamp found = firstSince(partition, milliseconds);
    return found == null ? end : found.offset();
  }

  private OffsetAndTimestamp firstSince(TopicPartition partition, long milliseconds) {
    return consumer.offsetsForTimes(Map.of(partition, milliseconds)).get(partition);
  }
}
