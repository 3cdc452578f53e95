package org.rlhfstreams.topology.comparisons;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.Stores;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.topology.EventLists;

/**
 * Scored rollouts in; questions out, and out again with the reason when they close. Judgements
 * close the ones that have been answered, newer versions of the policy the ones that nobody needs
 * to.
 */
public final class ComparisonTopology {
  static final String QUESTIONS = "comparison-questions";
  static final String ANSWERS = "comparison-answers";
  static final String PENDING = "comparison-pending";
  static final String COUNTERS = "comparison-counters";
  static final String STAGE = "comparisons";

  private ComparisonTopology() {}

  /** Adds the topology. */
  public static void build(
      StreamsBuilder builder, Topics topics, EventSerdes serdes, ComparisonSettings settings) {
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(QUESTIONS),
            Serdes.String(),
            serdes.serde(Comparison.class)));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(ANSWERS),
            Serdes.String(),
            EventLists.serde(serdes, Judgement.class)));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(PENDING),
            Serdes.String(),
            serdes.serde(ScoredRollout.class)));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(COUNTERS), Serdes.String(), Serdes.Long())
            .withCachingEnabled());
    Consumed<String, byte[]> bytes = Consumed.with(Serdes.String(), Serdes.ByteArray());
    String judgements = topics.judgements().name();
    KStream<String, Object> results =
        builder.stream(topics.scoredRollouts().name(), bytes)
            .merge(builder.stream(judgements, bytes))
            .process(
                () -> new Comparisons(judgements, serdes, settings),
                QUESTIONS,
                ANSWERS,
                PENDING,
                COUNTERS);
    results
        .filter((key, value) -> value instanceof Comparison)
        .mapValues(Comparison.class::cast)
        .to(
            topics.comparisons().name(),
            Produced.with(Serdes.String(), serdes.serde(Comparison.class)));
    results
        .filter((key, value) -> value instanceof DeadLetter)
        .mapValues(DeadLetter.class::cast)
        .to(
            topics.deadLetters().name(),
            Produced.with(Serdes.String(), serdes.serde(DeadLetter.class)));
  }
}
