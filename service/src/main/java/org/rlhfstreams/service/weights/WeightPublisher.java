package org.rlhfstreams.service.weights;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightKind;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.EventProtocol;
import org.rlhfstreams.schemas.Topic;

/**
 * Writes versions as a header, chunks below the largest record, and a commit. Header and chunks
 * leave at once and mean nothing by themselves; the caller sends the commit in the transaction of
 * the step, so that weights, metrics and offsets become visible together, however large the weights
 * are.
 *
 * <p>A version is an anchor, which has all elements, or a delta, which has those that differ from
 * the last version that was committed. One thread.
 */
public final class WeightPublisher {
  private static final double LARGEST_DELTA = 0.75; // of an anchor

  private final Topic topic;
  private final WireType type;
  private final int anchorEvery;
  private final Optional<WeightSigner> signer;
  private WeightImage image;
  private WeightVersion base;
  private int sinceAnchor;
  private long bytesSinceAnchor;

  /**
   * @param topic {@code policy-weights} or {@code reward-weights}
   * @param type that elements are sent in
   * @param anchorEvery an anchor is every so many versions at least; 1 sends no deltas
   * @param signer signs each version, where there is one
   */
  public WeightPublisher(
      Topic topic, WireType type, int anchorEvery, Optional<WeightSigner> signer) {
    this.topic = topic;
    this.type = type;
    this.anchorEvery = anchorEvery;
    this.signer = signer;
  }

  /**
   * Sends header and chunks, and waits until the log has them. May be tried again after an error:
   * what the log has of the failed sending means nothing.
   *
   * @param producer idempotent, outside a transaction
   * @param family architecture, such as {@code llama}
   * @param stopped gives up what would take much longer
   * @throws KafkaException where a record could not be sent
   */
  public SentWeights send(
      Producer<String, Object> producer,
      WeightVersion version,
      String family,
      List<PublishedTensor> tensors,
      BooleanSupplier stopped) {
    List<TensorLayout> layout = layout(tensors);
    return send(
        producer, version, family, tensors, layout, content(version, layout, tensors), stopped);
  }

  /** As {@link #send}, with all elements: for readers who lack what a delta begins with. */
  public SentWeights sendWhole(
      Producer<String, Object> producer,
      WeightVersion version,
      String family,
      List<PublishedTensor> tensors,
      BooleanSupplier stopped) {
    List<TensorLayout> layout = layout(tensors);
    VersionContent content = new AnchorContent(tensors, bytes(layout));
    return send(producer, version, family, tensors, layout, content, stopped);
  }

  private SentWeights send(
      Producer<String, Object> producer,
      WeightVersion version,
      String family,
      List<PublishedTensor> tensors,
      List<TensorLayout> layout,
      VersionContent content,
      BooleanSupplier stopped) {
    String attempt = UUID.randomUUID().toString();
    WeightHeader.Builder builder =
        WeightHeader.newBuilder()
            .setKind(content.kind())
            .setBase(content.kind() == WeightKind.DELTA ? base : null)
            .setModelFamily(family)
            .setProtocol(EventProtocol.VERSION)
            .setTensors(layout)
            .setChunks(content.chunks())
            .setBytes(bytes(layout))
            .setAttempt(attempt);
    signer.ifPresent(key -> key.sign(topic.name(), version, builder));
    WeightHeader header = builder.build();
    WeightSending sending = new WeightSending(producer, topic, version, attempt, stopped);
    sending.send(header);
    content.cut(sending::sendChunk);
    String sha256 = digest(tensors);
    sending.await();
    return new SentWeights(
        version,
        header,
        sha256,
        sending.firstOffset(),
        sending.lastOffset(),
        sending.chunkBytes(),
        tensors);
  }

  /** The record that makes a version count. */
  public ProducerRecord<String, Object> commit(SentWeights sent) {
    WeightCommit.Builder commit =
        WeightCommit.newBuilder()
            .setSha256(sent.sha256())
            .setCommittedAt(Instant.now())
            .setAttempt(sent.header().getAttempt())
            .setBase(sent.header().getBase())
            .setFirstOffset(sent.firstOffset())
            .setLastOffset(sent.lastOffset());
    signer.ifPresent(key -> key.sign(topic.name(), sent.version(), sent.header(), commit));
    return WeightSending.record(topic, sent.version(), commit.build());
  }

  /** Says that the commit of a version is in the log; its tensors are as they were sent. */
  public void committed(SentWeights sent) {
    WeightHeader header = sent.header();
    boolean anchor = header.getKind() == WeightKind.ANCHOR;
    sinceAnchor = anchor ? 0 : sinceAnchor + 1;
    bytesSinceAnchor = anchor ? 0 : bytesSinceAnchor + sent.chunkBytes();
    base = sent.version();
    if (anchorEvery == 1) {
      return; // nothing is ever compared with it
    }
    if (image == null || !image.fits(header.getTensors())) {
      image = null; // before the next one takes as much
      image = new WeightImage(header.getTensors());
    }
    image.take(sent.tensors());
  }

  private VersionContent content(
      WeightVersion version, List<TensorLayout> layout, List<PublishedTensor> tensors) {
    boolean anchorIsDue =
        image == null
            || !image.fits(layout)
            || sinceAnchor + 1 >= anchorEvery
            || bytesSinceAnchor > image.bytes()
            || version.getGeneration() != base.getGeneration();
    if (!anchorIsDue) {
      DeltaContent delta = new DeltaContent(new ChangedElements(image, tensors), type);
      if (delta.isBelow((long) (LARGEST_DELTA * image.bytes()))) {
        return delta;
      }
    }
    return new AnchorContent(tensors, bytes(layout));
  }

  private static String digest(List<PublishedTensor> tensors) {
    WeightDigest digest = new WeightDigest();
    tensors.forEach(tensor -> tensor.reading().with(digest::add));
    return digest.hexadecimal();
  }

  private static long bytes(List<TensorLayout> layout) {
    return layout.stream().mapToLong(TensorLayout::getLength).sum();
  }

  private List<TensorLayout> layout(List<PublishedTensor> tensors) {
    List<TensorLayout> layout = new ArrayList<>();
    long offset = 0;
    for (PublishedTensor tensor : tensors) {
      long length = type.bytes() * tensor.size();
      layout.add(
          TensorLayout.newBuilder()
              .setName(tensor.name())
              .setDtype(type.name())
              .setShape(tensor.shape())
              .setOffset(offset)
              .setLength(length)
              .build());
      offset += length;
    }
    return layout;
  }
}
