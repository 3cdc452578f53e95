package org.rlhfstreams.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.log.CommittedLog;
import org.rlhfstreams.service.log.LogEnds;
import org.rlhfstreams.service.log.RecordCounts;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;
import org.rlhfstreams.service.weights.PublishedTensor;
import org.rlhfstreams.service.weights.SentWeights;
import org.rlhfstreams.service.weights.WeightPublisher;
import org.rlhfstreams.service.weights.WireType;

/** The log as an auditor reads it: committed records only. */
public final class Log {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

  private final KafkaConnection connection;

  Log(String bootstrapServers, String schemaRegistryUrl) {
    this(
        bootstrapServers,
        schemaRegistryUrl,
        RlhfConfiguration.of(Map.of()).connection().topicPrefix());
  }

  /**
   * @param prefix of the topics' names
   */
  public Log(String bootstrapServers, String schemaRegistryUrl, String prefix) {
    this(
        new KafkaConnection(
            RlhfConfiguration.of(
                Map.of(
                    "connection.bootstrap-servers", bootstrapServers,
                    "connection.schema-registry-url", schemaRegistryUrl,
                    "connection.topic-prefix", prefix))));
  }

  Log(KafkaConnection connection) {
    this.connection = connection;
  }

  public Topics topics() {
    return connection.topics();
  }

  /** Decodes what somebody reads by other means. */
  public <T extends SpecificRecord> RecordDecoder<T> decoder(Class<T> event) {
    return connection.decoder(event);
  }

  /** Every event of a topic, as of now; what is none is left out. */
  public <T extends SpecificRecord> List<T> read(Topic topic, Class<T> event) {
    List<T> events = new ArrayList<>();
    try (TopicReader reader =
        TopicReader.ofTopics(connection::boundedConsumer, List.of(topic.name()))) {
      reader.readToEnd(
          RecordHandler.decoding(
              connection.decoder(event),
              (record, one) -> events.add(one),
              (record, reason) -> {})); // the tests put such records there
    }
    return events;
  }

  /**
   * Records of a topic that a group has not dealt with.
   *
   * @param group without the prefix
   */
  public long unread(String group, Topic topic) throws ExecutionException, InterruptedException {
    String name = connection.configuration().connection().topicPrefix() + group;
    try (CommittedLog log = new CommittedLog(connection);
        Admin admin = connection.admin();
        TopicReader reader =
            TopicReader.ofTopics(connection::boundedConsumer, List.of(topic.name()));
        RecordCounts counts = new RecordCounts(connection::bulkConsumer)) {
      Map<TopicPartition, Long> done = log.committed(name);
      long unread = 0;
      for (Map.Entry<TopicPartition, Long> end :
          LogEnds.written(admin, reader.partitions(), LONGEST_SILENCE).entrySet()) {
        unread += counts.count(end.getKey(), done.getOrDefault(end.getKey(), 0L), end.getValue());
      }
      return unread;
    }
  }

  /** Writes events in their order. */
  void writeAll(Topic topic, List<?> events) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      for (Object event : events) {
        producer.send(new ProducerRecord<>(topic.name(), "key", event));
      }
      producer.flush();
    }
  }

  /** Writes an event. */
  void write(Topic topic, String key, Object event) throws Exception {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      producer.send(new ProducerRecord<>(topic.name(), key, event)).get();
    }
  }

  /** Writes a version of weights of one tensor. */
  void publish(Topic topic, PublishedTensor tensor) {
    try (KafkaProducer<String, Object> producer = connection.producer()) {
      WeightPublisher publisher = new WeightPublisher(topic, WireType.F32, 1, Optional.empty());
      SentWeights sent =
          publisher.send(producer, new WeightVersion(0, 0L), "test", List.of(tensor), () -> false);
      producer.send(publisher.commit(sent));
      producer.flush();
    }
  }

  /** Writes bytes that may be anything. */
  void writeBytes(Topic topic, String key, byte[] value) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            connection.clientSettings(), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic.name(), key, value)).get();
    }
  }
}
