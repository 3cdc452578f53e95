package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightChunk;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightKind;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventProtocol;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.WeightVersions;

/**
 * Writes a version as a header, chunks below the largest record, and a commit. The caller owns the
 * transaction, so that weights, metrics and offsets become visible together.
 */
public final class WeightPublisher {
  private static final int CHUNK = 900_000;

  private final Topic topic;
  private final Optional<WeightSigner> signer;

  /**
   * @param topic {@code policy-weights} or {@code reward-weights}
   * @param signer signs each version, where there is one
   */
  public WeightPublisher(Topic topic, Optional<WeightSigner> signer) {
    this.topic = topic;
    this.signer = signer;
  }

  /**
   * Sends a full version, an anchor.
   *
   * @param family architecture, such as {@code llama}
   * @return where the version begins, for {@link WeightRetention}
   */
  public Future<RecordMetadata> publish(
      Producer<String, Object> producer,
      WeightVersion version,
      String family,
      List<PublishedTensor> tensors) {
    List<TensorLayout> layout = layout(tensors);
    long bytes = layout.stream().mapToLong(TensorLayout::getLength).sum();
    int chunks = Math.toIntExact((bytes + CHUNK - 1) / CHUNK);
    WeightHeader header =
        WeightHeader.newBuilder()
            .setKind(WeightKind.ANCHOR)
            .setBase(null)
            .setModelFamily(family)
            .setProtocol(EventProtocol.VERSION)
            .setTensors(layout)
            .setChunks(chunks)
            .setBytes(bytes)
            .build();
    Future<RecordMetadata> first = send(producer, version, header);
    WeightDigest digest = new WeightDigest();
    ByteBuffer chunk = emptyChunk(bytes);
    int index = 0;
    for (PublishedTensor tensor : tensors) {
      FloatBuffer values = FloatBuffer.wrap(tensor.values());
      while (values.hasRemaining()) {
        put(chunk, values);
        if (!chunk.hasRemaining()) {
          sendChunk(producer, version, index++, chunk, digest);
          bytes -= chunk.capacity();
          chunk = emptyChunk(bytes);
        }
      }
    }
    WeightCommit.Builder commit =
        WeightCommit.newBuilder().setSha256(digest.hexadecimal()).setCommittedAt(Instant.now());
    signer.ifPresent(key -> key.sign(topic.name(), version, header, commit));
    // The transaction's commit fails where a send did.
    send(producer, version, commit.build());
    return first;
  }

  /** As many values as fit. */
  private static void put(ByteBuffer chunk, FloatBuffer values) {
    int count = Math.min(chunk.remaining() / Float.BYTES, values.remaining());
    chunk.asFloatBuffer().put(values.array(), values.position(), count);
    values.position(values.position() + count);
    chunk.position(chunk.position() + count * Float.BYTES);
  }

  private static ByteBuffer emptyChunk(long bytesLeft) {
    return ByteBuffer.allocate((int) Math.min(CHUNK, bytesLeft)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static List<TensorLayout> layout(List<PublishedTensor> tensors) {
    List<TensorLayout> layout = new ArrayList<>();
    long offset = 0;
    for (PublishedTensor tensor : tensors) {
      long length = Float.BYTES * tensor.size();
      layout.add(
          TensorLayout.newBuilder()
              .setName(tensor.name())
              .setDtype("F32")
              .setShape(tensor.shape())
              .setOffset(offset)
              .setLength(length)
              .build());
      offset += length;
    }
    return layout;
  }

  private void sendChunk(
      Producer<String, Object> producer,
      WeightVersion version,
      int index,
      ByteBuffer chunk,
      WeightDigest digest) {
    CRC32 crc = new CRC32();
    chunk.flip();
    crc.update(chunk.duplicate());
    digest.add(chunk);
    send(
        producer,
        version,
        WeightChunk.newBuilder().setIndex(index).setCrc32(crc.getValue()).setData(chunk).build());
  }

  private Future<RecordMetadata> send(
      Producer<String, Object> producer, WeightVersion version, Object body) {
    WeightRecord record = WeightRecord.newBuilder().setVersion(version).setBody(body).build();
    return producer.send(
        new ProducerRecord<>(topic.name(), 0, WeightVersions.text(version), record));
  }
}
