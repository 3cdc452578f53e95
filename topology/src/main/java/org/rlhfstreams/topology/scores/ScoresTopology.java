package org.rlhfstreams.topology.scores;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.Stores;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topics;

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

  private ScoresTopology() {}

  /** Adds the topology. */
  public static void build(
      StreamsBuilder builder,
      Topics topics,
      EventSerdes serdes,
      ScoresSettings settings,
      ScoresListener listener) {
    // Most of what is put is deleted before it leaves the cache, and never written.
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(ROLLOUTS), Serdes.String(), HeldRollout.serde())
            .withCachingEnabled());
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(KNOWN), Serdes.String(), KnownRollout.serde())
            .withCachingEnabled());
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(DUE), Serdes.String(), Serdes.String())
            .withCachingEnabled());
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(COUNTERS), Serdes.String(), Serdes.Long())
            .withCachingEnabled());
    Consumed<String, byte[]> bytes = Consumed.with(Serdes.String(), Serdes.ByteArray());
    String scores = topics.scores().name();
    KStream<String, Object> results =
        builder.stream(topics.rollouts().name(), bytes)
            .merge(builder.stream(scores, bytes))
            .process(
                () -> new ScoreJoin(topics.rollouts().name(), scores, serdes, settings, listener),
                ROLLOUTS,
                KNOWN,
                DUE,
                COUNTERS);
    KStream<String, ScoredRollout> scored =
        results
            .filter((key, value) -> value instanceof ScoredRollout)
            .mapValues(ScoredRollout.class::cast);
    Produced<String, ScoredRollout> written =
        Produced.with(Serdes.String(), serdes.serde(ScoredRollout.class));
    scored
        .filter((key, one) -> one.getRollout().getEvaluation() == null)
        .to(topics.scoredRollouts().name(), written);
    scored
        .filter((key, one) -> one.getRollout().getEvaluation() != null)
        .to(topics.scoredEvaluations().name(), written);
    results
        .filter((key, value) -> value instanceof DeadLetter)
        .mapValues(DeadLetter.class::cast)
        .to(
            topics.deadLetters().name(),
            Produced.with(Serdes.String(), serdes.serde(DeadLetter.class)));
  }
}
