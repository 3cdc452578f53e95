package org.rlhfstreams.service.weights;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.RecordDecoder;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.UndecodableException;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows a topic of weights in the background; always has the newest whole version. */
public final class WeightReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WeightReader.class);
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConnection connection;
  private final TopicPartition partition;
  private final WeightListener listener;
  private final Optional<TrustedKeys> trusted;
  private final AtomicReference<WeightSnapshot> newest = new AtomicReference<>();
  private final AtomicReference<String> refusal = new AtomicReference<>();
  private final ServiceThread thread;
  private volatile boolean caughtUp;

  private WeightReader(KafkaConnection connection, Topic topic, WeightListener listener) {
    this.connection = connection;
    this.partition = new TopicPartition(topic.name(), 0);
    this.listener = listener;
    this.trusted = TrustedKeys.of(connection.configuration().weights());
    this.thread = ServiceThread.start("weights-" + topic.name(), this::follow);
  }

  /**
   * Starts at the oldest version kept, which is a full one.
   *
   * @throws org.rlhfstreams.service.configuration.ConfigurationException where trusted keys are
   *     configured and cannot be read
   */
  public static WeightReader start(
      KafkaConnection connection, Topic topic, WeightListener listener) {
    return new WeightReader(connection, topic, listener);
  }

  /** The newest whole version, if there is any yet. */
  public Optional<WeightSnapshot> newest() {
    return Optional.ofNullable(newest.get());
  }

  /** Whether all that the topic held at the start has been read. */
  public boolean hasCaughtUp() {
    return caughtUp;
  }

  /** Why the last version that was refused was, if one was. */
  public Optional<String> refusal() {
    return Optional.ofNullable(refusal.get());
  }

  /** Completes when it is closed; exceptionally where the broker refuses this client. */
  public CompletableFuture<Void> ended() {
    return thread.ended();
  }

  private void refused(WeightVersion version, String reason) {
    refusal.set(reason);
    listener.refused(version, reason);
  }

  private void follow(BooleanSupplier stopped) {
    WeightAssembler assembler = new WeightAssembler(partition.topic(), trusted, this::refused);
    RecordDecoder<WeightRecord> decoder = connection.decoder(WeightRecord.class);
    try (KafkaConsumer<String, byte[]> consumer = connection.plainConsumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      Optional<Long> end = Optional.empty();
      while (!stopped.getAsBoolean()) {
        try {
          if (end.isEmpty()) {
            end = Optional.of(consumer.endOffsets(List.of(partition)).get(partition));
          }
          for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
            accept(assembler, decoder, record);
          }
          caughtUp = caughtUp || consumer.position(partition) >= end.get();
        } catch (KafkaException e) {
          new BrokerRefusal(connection).endIn(e);
          LOG.warn("{}: {}", partition, e.getMessage());
        }
      }
    }
  }

  private void accept(
      WeightAssembler assembler,
      RecordDecoder<WeightRecord> decoder,
      ConsumerRecord<String, byte[]> record) {
    try {
      assembler.accept(decode(decoder, record)).ifPresent(this::take);
    } catch (UndecodableException e) {
      LOG.warn("{} offset {} is no weight record: {}", partition, record.offset(), e.getMessage());
    }
  }

  private WeightRecord decode(
      RecordDecoder<WeightRecord> decoder, ConsumerRecord<String, byte[]> record)
      throws UndecodableException {
    while (true) {
      try {
        return decoder.decode(record.topic(), record.value());
      } catch (RegistryUnavailableException e) {
        LOG.warn("{}", e.getMessage());
        try {
          Thread.sleep(POLL.toMillis());
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw e;
        }
      }
    }
  }

  private void take(WeightSnapshot snapshot) {
    WeightSnapshot held = newest.get();
    if (held == null || WeightVersions.isNewer(snapshot.version(), held.version())) {
      newest.set(snapshot);
    }
  }

  @Override
  public void close() {
    thread.close();
  }
}
