package org.rlhfstreams.service.exchange;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.InputPosition;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.GroupPositions;
import org.rlhfstreams.service.log.LogIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule that a member goes on where its group has come to by the log's own word, whatever the
 * broker's offsets say: those are forgotten after {@code offsets.retention.minutes} without a
 * member. The broker's are for who looks at the lag, and for groups of releases that wrote no
 * positions. A partition rests from its arrival until its place is known.
 */
final class Placement {
  private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

  /** Where a group begins that has read nothing yet: each record is somebody's request. */
  private static final long FIRST = 0;

  private final GroupPositions positions;
  private final Optional<GroupPositions> predecessor;
  private final LogIdentity identity;
  private final String member;
  private final GroupShare share;
  private final Set<TopicPartition> unplaced = new HashSet<>();
  private final Map<String, String> topicIds = new HashMap<>();

  /**
   * @param group without the prefix
   * @param predecessor a group without the prefix, where whose place a group begins that has none
   * @param member who works, for the log
   * @param share hears of arrivals and departures too
   */
  Placement(
      KafkaConnection connection,
      String group,
      Optional<String> predecessor,
      String member,
      GroupShare share) {
    this.positions = new GroupPositions(connection, group);
    this.predecessor = predecessor.map(name -> new GroupPositions(connection, name));
    this.identity = new LogIdentity(connection);
    this.member = member;
    this.share = share;
  }

  /** To subscribe with. */
  ConsumerRebalanceListener listener(Consumer<?, ?> consumer) {
    return new ConsumerRebalanceListener() {
      @Override
      public void onPartitionsAssigned(Collection<TopicPartition> added) {
        share.onPartitionsAssigned(added);
        consumer.pause(added);
        unplaced.addAll(added);
      }

      @Override
      public void onPartitionsRevoked(Collection<TopicPartition> removed) {
        share.onPartitionsRevoked(removed);
        unplaced.removeAll(removed);
      }

      @Override
      public void onPartitionsLost(Collection<TopicPartition> lost) {
        share.onPartitionsLost(lost);
        unplaced.removeAll(lost);
      }
    };
  }

  /**
   * Places the partitions that have arrived.
   *
   * @return how far the group has come in each of them
   * @throws ConnectionException if a topic does not have what is to be read next
   */
  Map<TopicPartition, Reached> placeNew(Consumer<?, ?> consumer) {
    return unplaced.isEmpty() ? Map.of() : place(consumer, Set.copyOf(unplaced));
  }

  /**
   * Places all partitions anew, after what was read has not been dealt with.
   *
   * @return how far the group has come in each of them
   * @throws ConnectionException if a topic does not have what is to be read next
   */
  Map<TopicPartition, Reached> placeAll(Consumer<?, ?> consumer) {
    return place(consumer, Set.copyOf(consumer.assignment()));
  }

  private Map<TopicPartition, Reached> place(
      Consumer<?, ?> consumer, Set<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    Map<TopicPartition, Reached> places = new HashMap<>();
    // It waits for open transactions on the offsets: after it no member before has any.
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
    Map<TopicPartition, InputPosition> reached = reached(partitions);
    topicIds.putAll(
        identity.of(partitions.stream().map(TopicPartition::topic).distinct().toList()));
    Map<TopicPartition, Long> oldest = consumer.beginningOffsets(partitions);
    for (TopicPartition partition : partitions) {
      InputPosition position = reached.get(partition);
      OffsetAndMetadata offset = committed.get(partition);
      if (position != null) {
        LogIdentity.requireSame(
            positions.group(),
            partition.topic(),
            position.getOffset(),
            position.getTopicId(),
            topicIds.get(partition.topic()));
        warnIfMoved(partition, position.getOffset(), offset);
      }
      Reached next =
          position != null
              ? new Reached(position.getOffset(), position.getFinished())
              : Reached.inOrder(offset != null ? offset.offset() : FIRST);
      requireKept(partition, next.offset(), oldest.get(partition));
      consumer.seek(partition, next.offset());
      places.put(partition, next);
    }
    consumer.resume(partitions);
    unplaced.removeAll(partitions);
    return places;
  }

  private Map<TopicPartition, InputPosition> reached(Set<TopicPartition> partitions) {
    Map<TopicPartition, InputPosition> reached = new HashMap<>(positions.newest(partitions));
    if (predecessor.isPresent() && !reached.keySet().containsAll(partitions)) {
      predecessor.get().newest(partitions).forEach(reached::putIfAbsent);
    }
    return reached;
  }

  private void warnIfMoved(TopicPartition partition, long reached, OffsetAndMetadata offset) {
    if (offset == null) {
      LOG.warn(
          "the broker has no offset of {} in {}; by the log it goes on at {}",
          positions.group(),
          partition,
          reached);
    } else if (offset.offset() != reached) {
      LOG.warn(
          "the broker has the offset {} of {} in {}, but the log says that it has come to {}, and"
              + " goes on there",
          offset.offset(),
          positions.group(),
          partition,
          reached);
    }
  }

  private void requireKept(TopicPartition partition, long next, long oldest) {
    if (oldest > next) {
      throw new ConnectionException(
          String.format(
              Locale.ROOT,
              ("%s goes on at offset %d of %s, but retention has removed what lies before %d: what"
                  + " was admitted there is lost, and a learner would wait for it. Start a new run"
                  + " with another connection.topic-prefix, and let its topics keep their records"
                  + " (retention.ms and retention.bytes -1)"),
              positions.group(),
              next,
              partition,
              oldest));
    }
  }

  /** What the transaction has to say that ends there. */
  List<ProducerRecord<String, Object>> positions(Map<TopicPartition, Reached> reached) {
    return reached.entrySet().stream()
        .map(
            entry ->
                positions.record(
                    entry.getKey(),
                    topicIds.get(entry.getKey().topic()),
                    entry.getValue().offset(),
                    entry.getValue().finished(),
                    null,
                    member))
        .toList();
  }
}
