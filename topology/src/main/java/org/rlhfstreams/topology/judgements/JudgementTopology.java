package org.rlhfstreams.topology.judgements;

import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.Stores;
import org.rlhfstreams.events.AnnotatorStatistics;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.Judgement;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.topology.EventLists;

/** Comparisons and judgements in; preferences, annotators' figures and dead letters out. */
public final class JudgementTopology {
  static final String COMPARISONS = "judgement-comparisons";
  static final String ANSWERS = "judgement-answers";
  static final String JUDGEMENT_IDS = "judgement-ids";
  static final String PREFERENCES = "judgement-preferences";
  static final String ANNOTATORS = "judgement-annotators";
  static final String AGREEMENT = "judgement-agreement";
  static final String WAITING = "judgement-waiting";
  static final String DUE = "judgement-due";
  static final String DONE = "judgement-done";
  static final String STAGE = "judgements";

  private JudgementTopology() {}

  /** Adds the topology. */
  public static void build(
      StreamsBuilder builder, Topics topics, EventSerdes serdes, JudgementSettings settings) {
    store(builder, COMPARISONS, serdes.serde(Comparison.class));
    store(builder, ANSWERS, EventLists.serde(serdes, Judgement.class));
    store(builder, JUDGEMENT_IDS, Serdes.String());
    store(builder, PREFERENCES, serdes.serde(Preference.class));
    store(builder, ANNOTATORS, AnnotatorFigures.serde());
    store(builder, AGREEMENT, Agreement.serde());
    store(builder, WAITING, EventLists.serde(serdes, DeadLetter.class));
    store(builder, DUE, Serdes.String());
    store(builder, DONE, Serdes.Long());
    Consumed<String, byte[]> bytes = Consumed.with(Serdes.String(), Serdes.ByteArray());
    String judgements = topics.judgements().name();
    KStream<String, Object> results =
        builder.stream(topics.comparisons().name(), bytes)
            .merge(builder.stream(judgements, bytes))
            .process(
                () -> new Judgements(judgements, serdes, settings),
                COMPARISONS,
                ANSWERS,
                JUDGEMENT_IDS,
                PREFERENCES,
                ANNOTATORS,
                AGREEMENT,
                WAITING,
                DUE,
                DONE);
    publish(results, Preference.class, topics.preferences(), serdes);
    publish(results, AnnotatorStatistics.class, topics.annotatorStatistics(), serdes);
    publish(results, DeadLetter.class, topics.deadLetters(), serdes);
  }

  private static <T> void store(StreamsBuilder builder, String name, Serde<T> values) {
    builder.addStateStore(
        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.String(), values));
  }

  private static <T extends SpecificRecord> void publish(
      KStream<String, Object> results, Class<T> event, Topic topic, EventSerdes serdes) {
    results
        .filter((key, value) -> event.isInstance(value))
        .mapValues(event::cast)
        .to(topic.name(), Produced.with(Serdes.String(), serdes.serde(event)));
  }
}
