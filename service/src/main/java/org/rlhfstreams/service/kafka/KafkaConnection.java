package org.rlhfstreams.service.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RegisteredSchemas;
import org.rlhfstreams.schemas.RegistryClient;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.schemas.WriterSchemas;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

/** Makes the Kafka clients of a process, all with its configured settings. */
public final class KafkaConnection {
  private static final String FETCH_WAIT = "fetch.max.wait.ms";
  private static final String AT_THE_END = "10";
  private static final String MAX_POLL_INTERVAL = "max.poll.interval.ms";
  private static final String TEN_MINUTES = "600000";
  private static final String TRANSACTION_TIMEOUT = "transaction.timeout.ms";
  private static final String PARTITION_FETCH = "max.partition.fetch.bytes";
  private static final int BULK_FETCH = 2 << 20;
  // A few chunks of weights: more on their way are not quicker, but fill the Java heap.
  private static final int WEIGHT_FETCH = 2 << 20;
  private static final int WEIGHT_BUFFER = 8 << 20;
  private static final Duration TRANSACTION_WITHIN = Duration.ofSeconds(15);

  private final RlhfConfiguration configuration;
  private final Topics topics;
  private final EventSerdes serdes;

  public KafkaConnection(RlhfConfiguration configuration) {
    this.configuration = configuration;
    this.topics =
        new Topics(configuration.connection().topicPrefix(), configuration.topics().partitions());
    this.serdes =
        new EventSerdes(
            configuration.connection().schemaRegistryUrl(), configuration.schemaRegistry());
  }

  /** The system's topics under the configured prefix. */
  public Topics topics() {
    return topics;
  }

  /** Serializers of events. */
  public EventSerdes serdes() {
    return serdes;
  }

  /** What was configured. */
  public RlhfConfiguration configuration() {
    return configuration;
  }

  /** A decoder of one class of event; one thread each. */
  public <T extends SpecificRecord> RecordDecoder<T> decoder(Class<T> event) {
    return new RecordDecoder<>(event, serdes);
  }

  /** The settings that every client starts from: the address and what passes through. */
  public Map<String, Object> clientSettings() {
    Map<String, Object> settings = new HashMap<>(configuration.kafka());
    settings.put("bootstrap.servers", configuration.connection().bootstrapServers());
    return settings;
  }

  /** An administrator's client. */
  public Admin admin() {
    return Admin.create(clientSettings());
  }

  /** A producer of events: idempotent, acknowledged by all replicas. */
  public KafkaProducer<String, Object> producer() {
    return new KafkaProducer<>(producerSettings(), new StringSerializer(), serdes.serializer());
  }

  /**
   * A producer whose records become visible in transactions. A new owner of the name fences the old
   * one.
   */
  public KafkaProducer<String, Object> transactionalProducer(String name) {
    return new KafkaProducer<>(
        transactionalSettings(name), new StringSerializer(), serdes.serializer());
  }

  /**
   * As {@link #transactionalProducer(String)}.
   *
   * @param more settings that go before the usual ones and those configured
   */
  public KafkaProducer<String, Object> transactionalProducer(
      String name, Map<String, Object> more) {
    Map<String, Object> settings = transactionalSettings(name);
    settings.putAll(more);
    return new KafkaProducer<>(settings, new StringSerializer(), serdes.serializer());
  }

  /**
   * A producer of weights, outside transactions. Nothing it sends is sent twice or in another
   * order. They do not compress, and the broker would have to undo it.
   */
  public KafkaProducer<String, Object> weightProducer() {
    Map<String, Object> settings = producerSettings();
    settings.put("compression.type", "none");
    settings.putIfAbsent("delivery.timeout.ms", TEN_MINUTES); // on a slow link they are only slow
    settings.putIfAbsent("buffer.memory", String.valueOf(WEIGHT_BUFFER));
    return new KafkaProducer<>(settings, new StringSerializer(), serdes.serializer());
  }

  /**
   * How long a transaction may take: {@code kafka.transaction.timeout.ms}, or 15 seconds. What a
   * killed owner left open holds up readers for so long.
   */
  public Duration longestTransaction() {
    return Optional.ofNullable(configuration.kafka().get(TRANSACTION_TIMEOUT))
        .map(milliseconds -> Duration.ofMillis(Long.parseLong(milliseconds)))
        .orElse(TRANSACTION_WITHIN);
  }

  private Map<String, Object> transactionalSettings(String name) {
    Map<String, Object> settings = producerSettings();
    settings.put("transactional.id", configuration.connection().topicPrefix() + name);
    settings.putIfAbsent(TRANSACTION_TIMEOUT, String.valueOf(TRANSACTION_WITHIN.toMillis()));
    return settings;
  }

  private Map<String, Object> producerSettings() {
    Map<String, Object> settings = clientSettings();
    settings.putIfAbsent("acks", "all");
    settings.putIfAbsent("compression.type", "lz4");
    settings.putIfAbsent("linger.ms", "5");
    settings.putIfAbsent("max.request.size", String.valueOf(1 << 21));
    return settings;
  }

  /**
   * A member of a consumer group that reads committed records from the beginning and never commits
   * by itself.
   *
   * @param group without the prefix
   * @param member how the broker, and who asks it, names this one
   * @param maxRecords in one poll, at most
   */
  public KafkaConsumer<String, byte[]> groupConsumer(String group, String member, int maxRecords) {
    Map<String, Object> settings = consumerSettings();
    settings.put("client.id", member);
    settings.put("group.id", configuration.connection().topicPrefix() + group);
    settings.put("max.poll.records", String.valueOf(maxRecords));
    settings.putIfAbsent(MAX_POLL_INTERVAL, TEN_MINUTES);
    settings.putIfAbsent("session.timeout.ms", "10000");
    settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
    return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }

  /** How long a member of a group may take between two polls. */
  public Duration maxPollInterval() {
    Object configured = clientSettings().getOrDefault(MAX_POLL_INTERVAL, TEN_MINUTES);
    return Duration.ofMillis(Long.parseLong(configured.toString()));
  }

  /**
   * A consumer without a group, for partitions assigned by hand; reads committed records. Fails
   * with an {@link org.apache.kafka.clients.consumer.OffsetOutOfRangeException} if the log no
   * longer has what it should read next.
   */
  public KafkaConsumer<String, byte[]> plainConsumer() {
    return plainConsumer(Map.of());
  }

  /**
   * As {@link #plainConsumer()}, for reading what is there: the broker does not hold an answer back
   * until more comes, for which the next assignment, and closing, would have to wait.
   */
  public KafkaConsumer<String, byte[]> boundedConsumer() {
    return plainConsumer(Map.of(FETCH_WAIT, AT_THE_END));
  }

  /**
   * As {@link #boundedConsumer()}, for reading here and there: no more than a little is fetched
   * ahead.
   *
   * @param fetchBytes of one fetch, about
   */
  public KafkaConsumer<String, byte[]> boundedConsumer(int fetchBytes) {
    return plainConsumer(Map.of(FETCH_WAIT, AT_THE_END, PARTITION_FETCH, fetchBytes));
  }

  /**
   * As {@link #plainConsumer()}, for weights: few of their chunks are on the Java heap at once,
   * unless {@code kafka.max.partition.fetch.bytes} says how many.
   */
  public KafkaConsumer<String, byte[]> weightConsumer() {
    return plainConsumer(weightFetch());
  }

  /** As {@link #weightConsumer()}, for reading what is there. */
  public KafkaConsumer<String, byte[]> boundedWeightConsumer() {
    Map<String, Object> settings = new HashMap<>(weightFetch());
    settings.put(FETCH_WAIT, AT_THE_END);
    return plainConsumer(settings);
  }

  private Map<String, Object> weightFetch() {
    return configuration.kafka().containsKey(PARTITION_FETCH)
        ? Map.of()
        : Map.of(PARTITION_FETCH, WEIGHT_FETCH);
  }

  private KafkaConsumer<String, byte[]> plainConsumer(Map<String, Object> more) {
    Map<String, Object> settings = consumerSettings();
    settings.put("auto.offset.reset", "none");
    settings.putAll(more);
    return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * A consumer without a group for reading much at once: committed records, without their keys, and
   * values as the fetch left them, which nobody copies.
   */
  public KafkaConsumer<Void, ByteBuffer> bulkConsumer() {
    Map<String, Object> settings = consumerSettings();
    settings.put("auto.offset.reset", "none");
    settings.put(PARTITION_FETCH, String.valueOf(BULK_FETCH));
    settings.put("max.poll.records", "2000"); // short-lived, so that collecting them is cheap
    settings.put("receive.buffer.bytes", String.valueOf(BULK_FETCH));
    settings.put(FETCH_WAIT, AT_THE_END);
    settings.put("metric.reporters", ""); // its partitions change often
    return new KafkaConsumer<>(settings, new IgnoredKey(), new ByteBufferDeserializer());
  }

  /** The schemas that events were written with, for those who read only some fields of them. */
  public WriterSchemas writerSchemas() {
    return new RegisteredSchemas(
        new RegistryClient(
            configuration.connection().schemaRegistryUrl(), configuration.schemaRegistry()));
  }

  private Map<String, Object> consumerSettings() {
    Map<String, Object> settings = clientSettings();
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "earliest");
    settings.putIfAbsent(PARTITION_FETCH, String.valueOf(8 << 20));
    return settings;
  }
}
