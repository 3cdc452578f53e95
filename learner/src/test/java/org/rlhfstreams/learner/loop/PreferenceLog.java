package org.rlhfstreams.learner.loop;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.embedded.EmbeddedStack;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.learner.data.LabelledResponse;
import org.rlhfstreams.learner.validation.HeldOutWindow;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** A topic of preferences for one test, and examples of it that need no model. */
final class PreferenceLog {
  private final EmbeddedStack stack;
  private final String prefix;
  private final String topic;

  /**
   * @param prefix of the test's own topics
   */
  PreferenceLog(EmbeddedStack stack, String prefix) {
    this.stack = stack;
    this.prefix = prefix;
    KafkaConnection connection = connection(Map.of());
    this.topic = connection.topics().preferences().name();
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
  }

  KafkaConnection connection(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connection.bootstrap-servers", stack.bootstrapServers());
    settings.put("connection.schema-registry-url", stack.schemaRegistryUrl());
    settings.put("connection.topic-prefix", prefix + ".");
    settings.put("learner.objective", "dpo");
    settings.put("learner.output", Path.of("target", "preference-log", prefix).toString());
    settings.putAll(more);
    return new KafkaConnection(RlhfConfiguration.of(settings));
  }

  /** A pair; its responses follow from the id. */
  static Preference pair(String id) {
    return Preference.newBuilder()
        .setPreferenceId(id)
        .setPrompt("prompt")
        .setChosen("good " + id)
        .setRejected("bad " + id)
        .setSource("test")
        .setCreatedAt(Instant.EPOCH)
        .build();
  }

  void publish(Iterable<String> ids) {
    try (KafkaProducer<String, Object> producer = connection(Map.of()).producer()) {
      for (String id : ids) {
        producer.send(record(id, null));
      }
      producer.flush();
    }
  }

  /** Publishes that some are taken back. */
  void withdraw(String... ids) {
    try (KafkaProducer<String, Object> producer = connection(Map.of()).producer()) {
      for (String id : ids) {
        Preference withdrawn = Preference.newBuilder(pair(id)).setWithdrawn(true).build();
        producer.send(new ProducerRecord<>(topic, 0, id, withdrawn));
      }
      producer.flush();
    }
  }

  /** Publishes one that looks as if it had been published at a time. */
  void publishAt(String id, Instant time) {
    try (KafkaProducer<String, Object> producer = connection(Map.of()).producer()) {
      producer.send(record(id, time.toEpochMilli()));
      producer.flush();
    }
  }

  private ProducerRecord<String, Object> record(String id, Long timestamp) {
    return new ProducerRecord<>(topic, 0, timestamp, id, pair(id));
  }

  /** Two examples of each preference, as kto has them. */
  static List<LabelledResponse> labelled(Preference preference) {
    TokenRow row = new TokenRow(new int[] {1, 2}, 1);
    String id = preference.getPreferenceId();
    return List.of(
        new LabelledResponse(id + "/chosen", row, true, 1, 0),
        new LabelledResponse(id + "/rejected", row, false, 1, 1));
  }

  /** A source of them. */
  ExampleSource<LabelledResponse> source(Map<String, String> settings) {
    return source(settings, new HeldOutWindow<>(4));
  }

  /** A source of them that puts what it holds out where it is told to. */
  ExampleSource<LabelledResponse> source(
      Map<String, String> settings, HeldOutWindow<LabelledResponse> heldOut) {
    return PreferenceSources.of(connection(settings), PreferenceLog::labelled, heldOut);
  }

  /** Ids of the next batch. */
  static List<String> next(ExampleSource<LabelledResponse> source) {
    return source.next(() -> false).stream().map(LabelledResponse::id).toList();
  }
}
