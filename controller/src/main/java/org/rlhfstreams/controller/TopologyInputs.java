package org.rlhfstreams.controller;

import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.InputPosition;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.configuration.ProcessIdentity;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.GroupPositions;
import org.rlhfstreams.service.log.LogIdentity;

/**
 * The rule that the topologies go on only with the topics that their stores were made of, and where
 * they have stopped. What they have counted is by offset, and a topic that was made anew begins
 * with the same offsets again.
 */
final class TopologyInputs {
  private final KafkaConnection connection;
  private final GroupPositions positions;

  TopologyInputs(KafkaConnection connection) {
    this.connection = connection;
    this.positions = new GroupPositions(connection, GroupNames.TOPOLOGIES);
  }

  /**
   * Checks all of them; those that are read for the first time are noted.
   *
   * @throws ConnectionException if one of them is another topic than before
   */
  void requireSame() {
    List<String> names = inputs(connection.topics()).stream().map(Topic::name).toList();
    Map<String, String> now = new LogIdentity(connection).of(names);
    Map<TopicPartition, String> fresh = new HashMap<>();
    List<TopicPartition> first = names.stream().map(name -> new TopicPartition(name, 0)).toList();
    Map<TopicPartition, InputPosition> before = positions.newest(first);
    for (TopicPartition input : first) {
      InputPosition known = before.get(input);
      String id = now.get(input.topic());
      if (known == null) {
        fresh.put(input, id);
      } else {
        LogIdentity.requireSame(
            positions.group(), input.topic(), known.getOffset(), known.getTopicId(), id);
      }
    }
    note(fresh);
  }

  /**
   * Checks that the log still has what comes next; Kafka Streams would go on behind the gap without
   * a word, and admission would wait for what was in it.
   *
   * @throws ConnectionException if retention has removed records that were not dealt with
   */
  void requireKept() {
    Set<String> names = inputs(connection.topics()).stream().map(Topic::name).collect(toSet());
    try (Admin admin = connection.admin()) {
      Map<TopicPartition, OffsetAndMetadata> reached =
          admin.listConsumerGroupOffsets(positions.group()).partitionsToOffsetAndMetadata().get();
      Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
      reached.forEach(
          (partition, offset) -> {
            if (offset != null && names.contains(partition.topic())) {
              asked.put(partition, OffsetSpec.earliest());
            }
          });
      admin
          .listOffsets(asked)
          .all()
          .get()
          .forEach(
              (partition, oldest) ->
                  requireKept(partition, reached.get(partition).offset(), oldest.offset()));
    } catch (ExecutionException e) {
      throw new KafkaException(
          "the offsets of " + positions.group() + " cannot be looked at: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }

  private void requireKept(TopicPartition partition, long next, long oldest) {
    if (oldest > next) {
      throw new ConnectionException(
          String.format(
              Locale.ROOT,
              "%s go on at offset %d of %s, but retention has removed what lies before %d: what it"
                  + " said is lost to this run, which could wait for it without end. Start a new"
                  + " run with another connection.topic-prefix, and let its topics keep their"
                  + " records (retention.ms and retention.bytes -1)",
              positions.group(),
              next,
              partition,
              oldest));
    }
  }

  /**
   * Checks that what is said of a rollout is in the partition of the rollout.
   *
   * @throws ConnectionException if the topics have different numbers of partitions
   */
  void requireEqualPartitions() {
    Topics topics = connection.topics();
    int rollouts = partitions(topics.rollouts());
    int scores = partitions(topics.scores());
    if (rollouts != scores) {
      throw new ConnectionException(
          String.format(
              Locale.ROOT,
              "%s has %d partitions and %s has %d, but a rollout and its scores meet in one"
                  + " partition: give both the same number (kafka-topics.sh --alter --topic %s"
                  + " --partitions %d)",
              topics.rollouts().name(),
              rollouts,
              topics.scores().name(),
              scores,
              rollouts > scores ? topics.scores().name() : topics.rollouts().name(),
              Math.max(rollouts, scores)));
    }
  }

  /**
   * How far a reward service of a release without a join has come, by partition of {@code
   * rollouts}: what it has scored is among the scored rollouts.
   */
  Map<Integer, Long> scoredBefore() {
    String rollouts = connection.topics().rollouts().name();
    List<TopicPartition> all = new ArrayList<>();
    for (int i = 0; i < partitions(connection.topics().rollouts()); i++) {
      all.add(new TopicPartition(rollouts, i));
    }
    Map<Integer, Long> before = new HashMap<>();
    new GroupPositions(connection, GroupNames.REWARD_SERVICE)
        .newest(all)
        .forEach((partition, place) -> before.put(partition.partition(), place.getOffset()));
    return before;
  }

  private int partitions(Topic topic) {
    try (Admin admin = connection.admin()) {
      return admin
          .describeTopics(List.of(topic.name()))
          .allTopicNames()
          .get()
          .get(topic.name())
          .partitions()
          .size();
    } catch (ExecutionException e) {
      throw new KafkaException(topic.name() + " cannot be looked at: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }

  private static List<Topic> inputs(Topics topics) {
    return List.of(
        topics.prompts(),
        topics.runs(),
        topics.trainingMetrics(),
        topics.deadLetters(),
        topics.controls(),
        topics.rollouts(),
        topics.scores(),
        topics.scoredRollouts(),
        topics.comparisons(),
        topics.judgements());
  }

  /** The offsets themselves are in the stores. */
  private void note(Map<TopicPartition, String> fresh) {
    if (fresh.isEmpty()) {
      return;
    }
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      fresh.forEach(
          (input, id) ->
              producer.send(positions.record(input, id, 0, null, ProcessIdentity.current())));
    }
  }
}
