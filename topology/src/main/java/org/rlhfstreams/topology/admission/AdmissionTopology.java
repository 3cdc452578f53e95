package org.rlhfstreams.topology.admission;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.state.Stores;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.RunStatement;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.DeadLetterKind;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topics;

/**
 * Prompts in; requests out, as many as the staleness bound allows. The run's batch size and last
 * step come from {@code runs}, its steps from {@code training-metrics}, lost samples from {@code
 * dead-letters}, pauses from {@code controls}. All of it meets in one task, so that one counter
 * decides, and in any order. Requests that measure a version go to a topic of their own.
 */
public final class AdmissionTopology {
  static final String PROMPTS = "admission-prompts";
  static final String PROMPT_IDS = "admission-prompt-ids";
  static final String TRACES = "admission-traces";
  static final String COUNTERS = "admission-counters";
  static final String COMMANDS = "admission-commands";
  static final String HELD_OUT_PROMPTS = "admission-held-out-prompts";
  static final String RUN = "admission-run";
  static final String LOST_REQUESTS = "admission-lost-requests";
  static final String RESTING = "admission-resting-prompts";
  static final String STAGE = "admission";

  private AdmissionTopology() {}

  /** Adds the topology. */
  public static void build(
      StreamsBuilder builder,
      Topics topics,
      EventSerdes serdes,
      PromptEncoder encoder,
      AdmissionSettings settings,
      AdmissionListener listener) {
    Serde<RolloutRequest> requests = serdes.serde(RolloutRequest.class);
    Serde<DeadLetter> deadLetters = serdes.serde(DeadLetter.class);
    Consumed<String, byte[]> bytes = Consumed.with(Serdes.String(), Serdes.ByteArray());

    KStream<String, Object> encoded =
        builder.stream(topics.prompts().name(), bytes)
            .process(() -> new PromptReader(serdes, encoder, settings));
    bury(encoded, topics, deadLetters);
    KStream<String, AdmissionEvent> arrivals =
        encoded
            .filter((key, value) -> value instanceof RolloutRequest)
            .mapValues(RolloutRequest.class::cast)
            .repartition(
                Repartitioned.with(Serdes.String(), requests)
                    .withNumberOfPartitions(1)
                    .withName("admission"))
            .mapValues(AdmissionEvent.Arrival::new);
    KStream<String, AdmissionEvent> steps =
        builder.stream(topics.trainingMetrics().name(), bytes)
            .process(
                () ->
                    new EventReader<>(
                        serdes, StepMetrics.class, metrics -> step(metrics, listener)));
    KStream<String, AdmissionEvent> runs =
        builder.stream(topics.runs().name(), bytes)
            .process(() -> new EventReader<>(serdes, RunStatement.class, AdmissionTopology::run));
    KStream<String, AdmissionEvent> losses =
        builder.stream(topics.deadLetters().name(), bytes)
            .process(
                () ->
                    new EventReader<>(serdes, DeadLetter.class, letter -> loss(letter, listener)));

    KStream<String, Object> controls =
        builder.stream(topics.controls().name(), bytes).process(() -> new ControlReader(serdes));
    // Not together with the prompts': those have several partitions, and what is joined is one
    // task.
    bury(controls, topics, deadLetters);

    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(PROMPTS), Serdes.Long(), requests));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(HELD_OUT_PROMPTS), Serdes.Long(), requests));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(PROMPT_IDS), Serdes.String(), Serdes.Long()));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(TRACES), Serdes.Long(), Serdes.String()));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(COUNTERS), Serdes.String(), Serdes.Long())
            .withCachingEnabled());
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(COMMANDS), Serdes.String(), Serdes.Long()));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(LOST_REQUESTS), Serdes.String(), Serdes.Long()));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(RESTING), Serdes.Long(), Serdes.Long()));
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(RUN),
            Serdes.String(),
            serdes.serde(RunStatement.class)));
    KStream<String, RolloutRequest> released =
        arrivals
            .merge(runs)
            .merge(steps)
            .merge(losses)
            .merge(
                controls
                    .filter((key, value) -> value instanceof AdmissionEvent)
                    .mapValues(AdmissionEvent.class::cast))
            .process(
                () -> new Admission(settings, listener),
                PROMPTS,
                PROMPT_IDS,
                TRACES,
                COUNTERS,
                COMMANDS,
                RUN,
                LOST_REQUESTS,
                RESTING,
                HELD_OUT_PROMPTS);
    released
        .filter((key, request) -> request.getEvaluation() == null)
        .to(topics.rolloutRequests().name(), Produced.with(Serdes.String(), requests));
    released
        .filter((key, request) -> request.getEvaluation() != null)
        .to(topics.evaluationRequests().name(), Produced.with(Serdes.String(), requests));
  }

  private static Optional<AdmissionEvent> run(RunStatement statement) {
    return statement.getLearnsFromRollouts()
        ? Optional.of(new AdmissionEvent.Run(statement))
        : Optional.empty();
  }

  /**
   * Steps of every objective: which of them count depends on the run that the learner has stated,
   * and that statement may arrive after its first steps.
   */
  private static Optional<AdmissionEvent> step(StepMetrics metrics, AdmissionListener listener) {
    listener.stepped(metrics);
    return Optional.of(new AdmissionEvent.Step(metrics));
  }

  private static Optional<AdmissionEvent> loss(DeadLetter letter, AdmissionListener listener) {
    listener.buried(letter);
    return letter.getLostRollouts() > 0
        ? Optional.of(
            new AdmissionEvent.Loss(
                Optional.ofNullable(letter.getKey())
                    .map(key -> StandardCharsets.UTF_8.decode(key.duplicate()).toString()),
                letter.getLostRollouts(),
                letter.getKind().equals(DeadLetterKind.SIGNAL.text())))
        : Optional.empty();
  }

  private static void bury(
      KStream<String, Object> results, Topics topics, Serde<DeadLetter> deadLetters) {
    results
        .filter((key, value) -> value instanceof DeadLetter)
        .mapValues(DeadLetter.class::cast)
        .to(topics.deadLetters().name(), Produced.with(Serdes.String(), deadLetters));
  }
}
