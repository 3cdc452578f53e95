package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.rlhfstreams.events.WeightChunk;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.WeightVersions;

/** One sending of a version's header and chunks. */
final class WeightSending {
  /** A version that is almost sent is sent; a large one on a slow link does not hold a stop up. */
  private static final Duration AFTER_STOP = Duration.ofSeconds(20);

  private final Producer<String, Object> producer;
  private final BooleanSupplier stopped;
  private final Topic topic;
  private final WeightVersion version;
  private final String attempt;
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private volatile long firstOffset = Long.MAX_VALUE;
  private volatile long lastOffset = -1;
  private int chunks;
  private long chunkBytes;
  private OptionalLong stoppedAt = OptionalLong.empty();

  /**
   * @param stopped gives it up when it has taken {@link #AFTER_STOP} longer
   */
  WeightSending(
      Producer<String, Object> producer,
      Topic topic,
      WeightVersion version,
      String attempt,
      BooleanSupplier stopped) {
    this.producer = producer;
    this.stopped = stopped;
    this.topic = topic;
    this.version = version;
    this.attempt = attempt;
  }

  static ProducerRecord<String, Object> record(Topic topic, WeightVersion version, Object body) {
    WeightRecord record = WeightRecord.newBuilder().setVersion(version).setBody(body).build();
    return new ProducerRecord<>(topic.name(), 0, WeightVersions.text(version), record);
  }

  /**
   * Sends a header or a chunk.
   *
   * @throws KafkaException where one before could not be sent
   */
  void send(Object body) {
    requireSent();
    producer.send(
        record(topic, version, body),
        (metadata, error) -> {
          if (error != null) {
            failure.compareAndSet(null, error);
          } else {
            firstOffset = Math.min(firstOffset, metadata.offset());
            lastOffset = Math.max(lastOffset, metadata.offset());
          }
        });
  }

  /** Sends the next chunk. */
  void sendChunk(ByteBuffer data) {
    requireTime();
    CRC32 crc = new CRC32();
    crc.update(data.duplicate());
    chunkBytes += data.remaining();
    send(
        WeightChunk.newBuilder()
            .setIndex(chunks++)
            .setCrc32(crc.getValue())
            .setData(data)
            .setAttempt(attempt)
            .build());
  }

  private void requireTime() {
    if (stoppedAt.isEmpty() && stopped.getAsBoolean()) {
      stoppedAt = OptionalLong.of(System.nanoTime());
    }
    if (stoppedAt.isPresent() && System.nanoTime() - stoppedAt.getAsLong() > AFTER_STOP.toNanos()) {
      throw new KafkaException(
          "weights "
              + WeightVersions.text(version)
              + " are not sent to their end: the learner was told to stop");
    }
  }

  private void requireSent() {
    Exception error = failure.get();
    if (error instanceof KafkaException kafka) {
      throw kafka;
    }
    if (error != null) {
      throw new KafkaException("weights could not be sent: " + error.getMessage(), error);
    }
  }

  /**
   * Waits until the log has all of it.
   *
   * @throws KafkaException where a record could not be sent
   */
  void await() {
    producer.flush();
    requireSent();
  }

  /** Of the header. */
  long firstOffset() {
    return firstOffset;
  }

  /** Of the last record. */
  long lastOffset() {
    return lastOffset;
  }

  /** Bytes of all chunks, as they were sent. */
  long chunkBytes() {
    return chunkBytes;
  }
}
