package org.rlhfstreams.topology.scores;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.Stores;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.topology.WriteBehindStore;

/**
 * Rollouts and scores in; rollouts with all their scores out, those that measure a version of the
 * policy to a topic of their own, where nobody learns from them. Both inputs are partitioned by the
 * request, so that a rollout meets its scores in one task, and each partition is joined by itself.
 */
public final class ScoresTopology {
  static final String ROLLOUTS = "scores-rollouts";
  static final String KNOWN = "scores-known";
  static final String DUE = "scores-due";
  static final String COUNTERS = "scores-counters";
  static final String STAGE = "scores";

  /** Of a store's values that are kept as objects, for each partition of {@code rollouts}. */
  private static final long MOST_KEPT = 4_000_000;

  private static final long KEPT = 2_000_000;

  private ScoresTopology() {}

  /** Adds the topology. */
  public static void build(
      StreamsBuilder builder,
      Topics topics,
      EventSerdes serdes,
      ScoresSettings settings,
      ScoresListener listener) {
    // Most of what is put is deleted before it leaves the cache, and never written.
    addStore(
        builder,
        ROLLOUTS,
        HeldRollout.serde(),
        held -> held.value().length + held.key().length() + held.trace().length(),
        MOST_KEPT);
    addStore(builder, KNOWN, KnownRollout.serde(), KnownRollout::bytes, KEPT);
    addStore(builder, DUE, Serdes.String(), String::length, KEPT);
    addStore(builder, COUNTERS, Serdes.Long(), count -> Long.BYTES, KEPT);
    Consumed<String, byte[]> bytes = Consumed.with(Serdes.String(), Serdes.ByteArray());
    String scores = topics.scores().name();
    builder.stream(List.of(topics.rollouts().name(), scores), bytes)
        .process(
            () -> new ScoreJoin(topics.rollouts().name(), scores, serdes, settings, listener),
            ROLLOUTS,
            KNOWN,
            DUE,
            COUNTERS)
        .split()
        .branch(
            (key, value) -> value instanceof JoinedRollout one && !one.rollout().evaluates(),
            Branched.withConsumer(to(topics.scoredRollouts(), JoinedRollout.class, joined(serdes))))
        .branch(
            (key, value) -> value instanceof JoinedRollout,
            Branched.withConsumer(
                to(topics.scoredEvaluations(), JoinedRollout.class, joined(serdes))))
        .branch(
            (key, value) -> value instanceof DeadLetter,
            Branched.withConsumer(
                to(topics.deadLetters(), DeadLetter.class, serdes.serde(DeadLetter.class))))
        .noDefaultBranch();
  }

  private static <V> Consumer<KStream<String, Object>> to(
      Topic topic, Class<V> type, Serde<V> values) {
    return results ->
        results
            .mapValues(value -> type.cast(value))
            .to(topic.name(), Produced.with(Serdes.String(), values));
  }

  private static <V> void addStore(
      StreamsBuilder builder,
      String name,
      Serde<V> values,
      ToIntFunction<V> bytesOf,
      long mostBytes) {
    builder.addStateStore(
        WriteBehindStore.builder(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(name), Serdes.String(), values),
            bytesOf,
            mostBytes));
  }

  private static Serde<JoinedRollout> joined(EventSerdes serdes) {
    return Serdes.serdeFrom(
        new JoinedRolloutSerializer(serdes),
        (topic, bytes) -> {
          throw new UnsupportedOperationException("the join reads no scored rollouts");
        });
  }
}
