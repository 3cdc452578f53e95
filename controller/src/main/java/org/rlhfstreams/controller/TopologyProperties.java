package org.rlhfstreams.controller;

import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.rlhfstreams.service.access.GroupNames;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** What the topologies run with: exactly once, soon, and found out soon if they have died. */
public final class TopologyProperties {
  /** From so many copies on, two have to have a record of a store before it counts. */
  private static final int ENOUGH_REPLICAS = 3;

  private TopologyProperties() {}

  /**
   * The properties.
   *
   * @param state directory of the local copies of the stores
   */
  public static Properties of(KafkaConnection connection, Path state) {
    Properties properties = new Properties();
    connection.clientSettings().forEach(properties::put);
    String prefix = connection.configuration().connection().topicPrefix();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, prefix + GroupNames.TOPOLOGIES);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    // Statistics and a backlog of the join can wait so long; admission asks for a commit when it
    // has released requests, the join when it has nothing more to let go on.
    properties.putIfAbsent(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "200");
    properties.putIfAbsent(
        StreamsConfig.REPLICATION_FACTOR_CONFIG,
        String.valueOf(connection.configuration().topics().replicationFactor()));
    if (connection.configuration().topics().replicationFactor() >= ENOUGH_REPLICAS) {
      properties.putIfAbsent(StreamsConfig.topicPrefix("min.insync.replicas"), "2");
    }
    // The join looks so often whether a burst is over, between two polls: none may wait longer.
    properties.putIfAbsent(StreamsConfig.POLL_MS_CONFIG, "20");
    properties.putIfAbsent(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, "1000000");
    properties.putIfAbsent("consumer.auto.offset.reset", "earliest");
    // As the groups of the other roles: a controller that dies is missed after so long.
    properties.putIfAbsent("consumer.session.timeout.ms", "10000");
    // A broker that was killed may come back with a member that is no more, and waits so long for
    // it to join again: five minutes by default, in which nothing would be admitted.
    properties.putIfAbsent("consumer.max.poll.interval.ms", "60000");
    // Nobody sees a record before its commit, which sends what is there at once: until then a
    // backlog
    // fills large requests, where small ones would take the broker's time.
    properties.putIfAbsent("producer.linger.ms", "10");
    // One request at a time, with one batch of each partition: of the usual 16 kB, a backlog of
    // joined rollouts would leave a dozen at a time.
    properties.putIfAbsent("producer.batch.size", "262144");
    // Of two requests of a new transaction that are under way at once the broker may look at the
    // second one first, refuse it and say so in its log; it is sent again, but worries who reads.
    properties.putIfAbsent("producer.max.in.flight.requests.per.connection", "1");
    return properties;
  }
}
