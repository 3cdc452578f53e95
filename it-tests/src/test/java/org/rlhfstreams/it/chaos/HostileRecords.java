package org.rlhfstreams.it.chaos;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A producer that knows the topics and nothing else: noise, schemas that nobody has registered,
 * events of other topics, halves of real ones, empty ones, and some as large as the broker takes.
 */
final class HostileRecords {
  private static final String KEY = "hostile-";
  private static final int LARGE = 1_000_000;

  private final String bootstrapServers;
  private final List<String> topics;
  private final Random random;
  private final Map<String, Long> written = new ConcurrentHashMap<>();
  private final Map<String, byte[]> real = new HashMap<>();
  private int number;

  /**
   * @param topics that it writes on, each as often
   */
  HostileRecords(String bootstrapServers, List<String> topics, long seed) {
    this.bootstrapServers = bootstrapServers;
    this.topics = List.copyOf(topics);
    this.random = new Random(seed);
  }

  /** Whether a record is of this producer. */
  static boolean isOne(String key) {
    return key != null && key.startsWith(KEY);
  }

  /** Records on each topic until now. */
  Map<String, Long> written() {
    return written;
  }

  /** Writes some. */
  void write(int count) {
    lookForReal();
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "max.request.size",
                String.valueOf(2 * LARGE)),
            new StringSerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < count; i++) {
        String topic = topics.get(number % topics.size());
        producer.send(
            new ProducerRecord<>(topic, KEY + number, value(topic)),
            (metadata, problem) -> {
              if (problem == null) {
                written.merge(metadata.topic(), 1L, Long::sum);
              }
            });
        number++;
      }
    }
  }

  private byte[] value(String topic) {
    byte[] own = real.get(topic);
    String another = topics.get(random.nextInt(topics.size()));
    // Both topics of weights have one schema: there it would be no stranger's, but a forgery.
    byte[] other = another.equals(topic) || another.endsWith("weights") ? null : real.get(another);
    return switch (random.nextInt(6)) {
      case 0 -> noise(random.nextInt(200));
      case 1 -> {
        byte[] unknown = noise(40);
        unknown[0] = 0; // and an id of a schema that nobody has registered
        yield unknown;
      }
      case 2 -> other == null ? noise(3) : other;
      case 3 -> own == null ? new byte[5] : Arrays.copyOf(own, own.length / 2);
      case 4 -> new byte[0];
      default -> random.nextInt(20) == 0 ? noise(LARGE) : noise(5);
    };
  }

  private byte[] noise(int length) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return noise;
  }

  /** Finds a real value of each topic that has any. */
  private void lookForReal() {
    List<String> missing = topics.stream().filter(topic -> !real.containsKey(topic)).toList();
    if (missing.isEmpty()) {
      return;
    }
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "max.poll.records", "2000"),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      for (String topic : missing) {
        List<TopicPartition> partitions =
            consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(300))) {
          if (!isOne(record.key()) && record.value() != null) {
            real.putIfAbsent(topic, record.value());
          }
        }
      }
    }
  }
}
