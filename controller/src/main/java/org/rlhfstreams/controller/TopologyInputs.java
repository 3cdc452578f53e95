package org.rlhfstreams.controller;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
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
 * The rule that the topologies go on only with the topics that their stores were made of. What they
 * have counted is by offset, and a topic that was made anew begins with the same offsets again.
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

  private static List<Topic> inputs(Topics topics) {
    return List.of(
        topics.prompts(),
        topics.runs(),
        topics.trainingMetrics(),
        topics.deadLetters(),
        topics.controls(),
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
