package org.rlhfstreams.service.weights;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows a topic of weights in the background; always has the newest whole version. */
public final class WeightReader implements WeightSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WeightReader.class);

  private final KafkaConnection connection;
  private final Topic topic;
  private final TopicPartition partition;
  private final HeaderCheck check;
  private final WeightListener listener;
  private final Optional<TrustedKeys> trusted;
  private final AtomicReference<WeightSnapshot> newest = new AtomicReference<>();
  private final AtomicReference<String> refusal = new AtomicReference<>();
  private final TopicReader reader;
  private final ServiceThread thread;

  private WeightReader(
      KafkaConnection connection, Topic topic, HeaderCheck check, WeightListener listener) {
    this.connection = connection;
    this.topic = topic;
    this.check = check;
    this.partition = new TopicPartition(topic.name(), 0);
    this.listener = listener;
    this.trusted = TrustedKeys.of(connection.configuration().weights());
    this.reader = TopicReader.ofPartitions(connection::weightConsumer, List.of(partition));
    this.thread =
        ServiceThread.start("weights-" + topic.name(), ShutdownBudget.FOLLOWER, this::follow);
  }

  /**
   * Starts at the oldest version kept, which is a full one.
   *
   * @param check which versions are of use; the others are refused by their headers
   * @throws org.rlhfstreams.service.configuration.ConfigurationException where trusted keys are
   *     configured and cannot be read
   */
  public static WeightReader start(
      KafkaConnection connection, Topic topic, HeaderCheck check, WeightListener listener) {
    return new WeightReader(connection, topic, check, listener);
  }

  @Override
  public Optional<WeightVersion> newest() {
    return Optional.ofNullable(newest.get()).map(WeightSnapshot::version);
  }

  @Override
  public Optional<WeightLease> lease() {
    return Optional.ofNullable(newest.get()).flatMap(WeightSnapshot::lease);
  }

  /** Whether all that the topic held at the start has been read. */
  public boolean hasCaughtUp() {
    return reader.hasCaughtUp();
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
    WeightAssembler assembler =
        new WeightAssembler(
            partition.topic(),
            trusted,
            check,
            this::refused,
            new ChunkReread(connection, topic, stopped),
            stopped);
    BrokerRefusal refusals = new BrokerRefusal(connection);
    try (reader) {
      reader.follow(
          RecordHandler.decoding(
              connection.decoder(WeightRecord.class),
              (record, weights) ->
                  assembler.accept(weights, record.offset()).ifPresent(newest::set),
              (record, reason) ->
                  LOG.warn(
                      "{} offset {} is no weight record: {}",
                      partition,
                      record.offset(),
                      reason.getMessage())),
          refusals::endIn);
    }
  }

  @Override
  public void close() {
    reader.stop();
    thread.close();
  }
}
