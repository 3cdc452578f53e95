package org.rlhfstreams.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What the registry knows, in a compacted topic of one partition. Read here and not by the service
 * module's reader of topics: that module's tests start this broker, so this one cannot use it.
 */
final class RegistryLog implements AutoCloseable {
  private static final String TOPIC = "_schemas";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KafkaProducer<String, String> producer;

  RegistryLog(Map<String, Object> client, SubjectTable table) {
    createTopic(client);
    replay(client, table);
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("acks", "all");
    this.producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  private static void createTopic(Map<String, Object> settings) {
    try (Admin admin = Admin.create(settings)) {
      NewTopic topic =
          new NewTopic(TOPIC, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new EmbeddedException(
            "topic " + TOPIC + " cannot be created: " + e.getCause().getMessage(), e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedException("interrupted while the registry started", e);
    }
  }

  private static void replay(Map<String, Object> settings, SubjectTable table) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      TopicPartition partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
          apply(record.value(), table);
        }
      }
    }
  }

  private static void apply(String value, SubjectTable table) {
    try {
      JsonNode json = JSON.readTree(value);
      String subject = json.path("subject").asText();
      if (json.has("level")) {
        table.setLevel(subject, json.path("level").asText());
      } else {
        table.add(
            subject, json.path("id").asInt(), SubjectTable.parse(json.path("schema").asText()));
      }
    } catch (JsonProcessingException e) {
      throw new EmbeddedException("topic " + TOPIC + " holds a record that is not JSON", e);
    }
  }

  void schemaAdded(String subject, int id, String schema) {
    ObjectNode json =
        JSON.createObjectNode().put("subject", subject).put("id", id).put("schema", schema);
    append("schema/" + subject + "/" + id, json);
  }

  void levelSet(String subject, String level) {
    append("level/" + subject, JSON.createObjectNode().put("subject", subject).put("level", level));
  }

  private void append(String key, ObjectNode value) {
    try {
      producer.send(new ProducerRecord<>(TOPIC, 0, key, value.toString())).get();
    } catch (ExecutionException e) {
      throw new RegistryRefusal(500, 50001, "Error in the backend data store: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RegistryRefusal(500, 50001, "interrupted");
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
