package org.rlhfstreams.service.log;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.InputPosition;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.service.kafka.KafkaConnection;

/**
 * How far a group has come, by what the log itself says on {@code positions}. A broker forgets the
 * offsets of a group that rests for long, and anybody may move them; a position is written in the
 * transaction of what the records before it became, and stays.
 */
public final class GroupPositions {
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

  private final KafkaConnection connection;
  private final String group;
  private final String topic;
  private final RecordDecoder<InputPosition> decoder;
  private int partitions;

  /**
   * @param group without the prefix
   */
  public GroupPositions(KafkaConnection connection, String group) {
    this.connection = connection;
    this.group = connection.configuration().connection().topicPrefix() + group;
    this.topic = connection.topics().positions().name();
    this.decoder = connection.decoder(InputPosition.class);
  }

  /** The group's name, prefix included. */
  public String group() {
    return group;
  }

  /**
   * The newest position of the group in each of some partitions that has one; waits for
   * transactions that are open there.
   *
   * @throws KafkaException if the broker does not answer
   */
  public Map<TopicPartition, InputPosition> newest(Collection<TopicPartition> inputs) {
    Map<TopicPartition, InputPosition> newest = new HashMap<>();
    try (Admin admin = connection.admin()) {
      partitions =
          admin.describeTopics(Set.of(topic)).allTopicNames().get().get(topic).partitions().size();
      Set<TopicPartition> read = new HashSet<>();
      inputs.forEach(input -> read.add(new TopicPartition(topic, partitionFor(input))));
      try (TopicReader reader = TopicReader.ofPartitions(connection::boundedConsumer, read)) {
        reader.readTo(
            LogEnds.written(admin, read, LONGEST_SILENCE),
            RecordHandler.decoding(
                decoder,
                (record, position) -> {
                  TopicPartition of =
                      new TopicPartition(position.getTopic(), position.getPartition());
                  if (position.getGroup().equals(group) && inputs.contains(of)) {
                    newest.put(of, position);
                  }
                },
                GroupPositions::ignored),
            LONGEST_SILENCE);
      }
      return newest;
    } catch (ExecutionException e) {
      throw new KafkaException("the positions of " + group + " cannot be read: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }

  private int partitionFor(TopicPartition input) {
    if (partitions == 0) {
      throw new IllegalStateException("newest has to be asked for first");
    }
    return input.partition() % partitions;
  }

  private static void ignored(ConsumerRecord<String, byte[]> record, UndecodableException reason) {
    // What is no position says nothing of any group.
  }

  /**
   * A position of a group that finishes records in their order; as {@link #record(TopicPartition,
   * String, long, List, Long, String)}.
   */
  public ProducerRecord<String, Object> record(
      TopicPartition partition, String topicId, long offset, Long step, String member) {
    return record(partition, topicId, offset, List.of(), step, member);
  }

  /**
   * A position, to be sent in the transaction of what came of the records before it; only after
   * {@link #newest}.
   *
   * @param topicId of the partition's topic, see {@link LogIdentity}
   * @param offset the first that is still to be dealt with
   * @param finished offsets above it that have been dealt with too, ascending
   * @param step that a learner publishes with it, or null
   * @param member who has come so far
   */
  public ProducerRecord<String, Object> record(
      TopicPartition partition,
      String topicId,
      long offset,
      List<Long> finished,
      Long step,
      String member) {
    InputPosition position =
        InputPosition.newBuilder()
            .setGroup(group)
            .setTopic(partition.topic())
            .setTopicId(topicId)
            .setPartition(partition.partition())
            .setOffset(offset)
            .setFinished(finished)
            .setStep(step)
            .setMember(member)
            .setReachedAt(Instant.now())
            .build();
    return new ProducerRecord<>(topic, partitionFor(partition), group + "/" + partition, position);
  }
}
