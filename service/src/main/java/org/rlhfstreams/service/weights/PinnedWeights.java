package org.rlhfstreams.service.weights;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.kafka.BrokerRefusal;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ServiceThread;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.log.RecordHandler;
import org.rlhfstreams.service.log.TopicReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic of weights up to a version that somebody asks for, and no further until another one
 * is asked for, however many newer ones there are. Of an older one it reads the topic again, from
 * its beginning. A version that the topic no longer has, or that cannot be used, is lost.
 *
 * <p>One thread asks; it may be another one than that which reads.
 */
public final class PinnedWeights implements WeightSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PinnedWeights.class);
  private static final long LOOK_MILLIS = 100;

  private final KafkaConnection connection;
  private final Topic topic;
  private final TopicPartition partition;
  private final HeaderCheck check;
  private final Optional<TrustedKeys> trusted;
  private final ServiceThread thread;
  private WeightVersion pin;
  private WeightSnapshot reached;
  private String lost;
  private Pass pass;

  /** One reading of the topic from its beginning. */
  private final class Pass {
    private final TopicReader reader = TopicReader.of(connection, partition);
    private final WeightAssembler assembler;
    private volatile boolean over;

    Pass(BooleanSupplier stopped) {
      BooleanSupplier ends = () -> over || stopped.getAsBoolean();
      this.assembler =
          new WeightAssembler(
              partition.topic(),
              trusted,
              check,
              (version, reason) -> refuse(this, version, reason),
              new ChunkReread(connection, topic, ends),
              ends);
    }

    void take(ConsumerRecord<String, byte[]> record, WeightRecord weights) {
      if (mayTake(this, weights.getVersion())) {
        assembler.accept(weights, record.offset()).ifPresent(version -> arrived(this, version));
      }
    }

    void end() {
      over = true;
      reader.stop();
    }
  }

  private PinnedWeights(KafkaConnection connection, Topic topic, HeaderCheck check) {
    this.connection = connection;
    this.topic = topic;
    this.partition = new TopicPartition(topic.name(), 0);
    this.check = check;
    this.trusted = TrustedKeys.of(connection.configuration().weights());
    this.thread =
        ServiceThread.start("pinned-" + topic.name(), ShutdownBudget.FOLLOWER, this::follow);
  }

  /**
   * Waits for the first version that is asked for.
   *
   * @param check which versions are of use; the others are refused by their headers
   * @throws org.rlhfstreams.service.configuration.ConfigurationException if trusted keys are
   *     configured and cannot be read
   */
  public static PinnedWeights start(KafkaConnection connection, Topic topic, HeaderCheck check) {
    return new PinnedWeights(connection, topic, check);
  }

  /** Asks for a version; from now on no other one is handed out. */
  public synchronized void pin(WeightVersion version) {
    if (version.equals(pin)) {
      return;
    }
    pin = version;
    lost = null;
    if (reached != null && WeightVersions.isNewer(reached.version(), version)) {
      reached = null;
      pass.end();
    }
    notifyAll();
  }

  /** Whether this version is the one that is asked for. */
  public synchronized boolean isPinned(WeightVersion version) {
    return version.equals(pin);
  }

  /** Why a version that is asked for will never be there, if that is known. */
  public synchronized Optional<String> lost(WeightVersion version) {
    return version.equals(pin) && newest().isEmpty() ? Optional.ofNullable(lost) : Optional.empty();
  }

  @Override
  public synchronized Optional<WeightVersion> newest() {
    return Optional.ofNullable(reached)
        .map(WeightSnapshot::version)
        .filter(version -> version.equals(pin));
  }

  @Override
  public synchronized Optional<WeightLease> lease() {
    return newest().flatMap(version -> reached.lease());
  }

  @Override
  public boolean goesBack() {
    return true;
  }

  /** Completes when it is closed; exceptionally if the broker refuses this client. */
  public CompletableFuture<Void> ended() {
    return thread.ended();
  }

  private void follow(BooleanSupplier stopped) {
    BrokerRefusal refusals = new BrokerRefusal(connection);
    while (isAsked(stopped)) {
      Pass next = begin(stopped);
      try (TopicReader reader = next.reader) {
        reader.follow(
            RecordHandler.decoding(
                connection.decoder(WeightRecord.class),
                next::take,
                (record, reason) ->
                    LOG.warn(
                        "{} offset {} is no weight record: {}",
                        partition,
                        record.offset(),
                        reason.getMessage())),
            refusals::endIn);
      }
    }
  }

  private synchronized boolean isAsked(BooleanSupplier stopped) {
    try {
      while (pin == null && !stopped.getAsBoolean()) {
        wait(LOOK_MILLIS);
      }
      return !stopped.getAsBoolean();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private synchronized Pass begin(BooleanSupplier stopped) {
    pass = new Pass(stopped);
    if (stopped.getAsBoolean()) {
      pass.end(); // whoever stops this may have looked for it before
    }
    return pass;
  }

  /** Waits before a version that is newer than the one that is asked for. */
  private synchronized boolean mayTake(Pass reading, WeightVersion version) {
    try {
      while (!reading.over && WeightVersions.isNewer(version, pin)) {
        if (newest().isEmpty() && lost == null) {
          lost =
              "%s no longer has policy version %s, which this request is to measure; the next that it has is %s: keep an evaluation worker running, and versions for longer with a larger weights.anchor-every"
                  .formatted(topic.name(), WeightVersions.text(pin), WeightVersions.text(version));
        }
        wait(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reading.end();
    }
    return !reading.over;
  }

  private synchronized void arrived(Pass reading, WeightSnapshot version) {
    if (!reading.over) {
      reached = version;
    }
  }

  private synchronized void refuse(Pass reading, WeightVersion version, String reason) {
    if (!reading.over && version.equals(pin) && lost == null) {
      LOG.error("{}: {}", topic.name(), reason);
      lost = reason;
    }
  }

  @Override
  public void close() {
    thread.stop();
    synchronized (this) {
      if (pass != null) {
        pass.end();
      }
      notifyAll();
    }
    thread.close();
  }
}
