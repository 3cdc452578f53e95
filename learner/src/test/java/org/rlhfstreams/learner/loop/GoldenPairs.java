package org.rlhfstreams.learner.loop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.schemas.TopicAdministrator;
import org.rlhfstreams.service.kafka.KafkaConnection;

/** The golden pairs again and again under other ids, every third the other way round. */
final class GoldenPairs {
  private GoldenPairs() {}

  /** A golden model's directory. */
  static Path model(String name) {
    try {
      return Path.of(GoldenPairs.class.getResource("/goldens/objectives/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Pairs {@code pair-0} and on. */
  static List<Preference> of(int count) throws IOException {
    JsonNode pairs = new ObjectMapper().readTree(model("pairs.json").toFile());
    List<Preference> preferences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      JsonNode pair = pairs.get(i % pairs.size());
      boolean swapped = i % 3 == 0;
      preferences.add(
          Preference.newBuilder()
              .setPreferenceId("pair-" + i)
              .setPrompt(pair.get("prompt").asText())
              .setChosen(pair.get(swapped ? "rejected" : "chosen").asText())
              .setRejected(pair.get(swapped ? "chosen" : "rejected").asText())
              .setSource("test")
              .setCreatedAt(Instant.EPOCH)
              .build());
    }
    return preferences;
  }

  /** Publishes them under the run's own topics. */
  static void publish(KafkaConnection connection, List<Preference> preferences) {
    try (Admin admin = connection.admin()) {
      new TopicAdministrator(admin, 1).ensure(connection.topics().all());
    }
    String topic = connection.topics().preferences().name();
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (Preference preference : preferences) {
        producer.send(new ProducerRecord<>(topic, 0, "key", preference));
      }
      producer.flush();
    }
  }
}
