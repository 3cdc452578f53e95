package org.rlhfstreams.topology.statistics;

import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.Stores;
import org.rlhfstreams.events.RolloutStatistics;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topics;

/** Scored rollouts in; for each policy version its figures so far out. */
public final class StatisticsTopology {
  /** The store with the figures by version. */
  public static final String STORE = "rollout-statistics";

  static final String DONE = "rollout-statistics-done";

  private StatisticsTopology() {}

  /** Adds the topology. */
  public static void build(StreamsBuilder builder, Topics topics, EventSerdes serdes) {
    Serde<RolloutStatistics> statistics = serdes.serde(RolloutStatistics.class);
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(STORE), Serdes.String(), statistics)
            .withCachingEnabled());
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(DONE), Serdes.String(), Serdes.Long())
            .withCachingEnabled());
    builder.stream(
            topics.scoredRollouts().name(), Consumed.with(Serdes.String(), Serdes.ByteArray()))
        .process(() -> new StatisticsUpdate(serdes), STORE, DONE)
        .to(topics.rolloutStatistics().name(), Produced.with(Serdes.String(), statistics));
  }
}
