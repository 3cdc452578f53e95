package org.rlhfstreams.service.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightChunk;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightKind;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;

/** Invariant 6: a version arrives whole and true, or is refused and named. */
final class WeightAssemblerTest {
  private static final Topic TOPIC = new Topics("", 1).policyWeights();

  private static final WeightVersion VERSION = new WeightVersion(0, 1L);

  private final List<String> refused = new ArrayList<>();
  private final WeightAssembler assembler =
      new WeightAssembler(
          TOPIC.name(),
          Optional.empty(),
          (version, header) -> PublishedVersion.layout().difference(header),
          (version, reason) -> refused.add(reason),
          (first, last, sink) -> {},
          () -> false);

  private static List<PublishedTensor> tensors() {
    return PublishedVersion.tensors();
  }

  private static List<WeightRecord> published(long step) {
    return PublishedVersion.of(TOPIC, Optional.empty(), step, tensors());
  }

  private Optional<WeightSnapshot> feed(List<WeightRecord> records) {
    Optional<WeightSnapshot> newest = Optional.empty();
    for (WeightRecord record : records) {
      newest = assembler.accept(record, Long.MAX_VALUE).or(() -> Optional.empty());
    }
    return newest;
  }

  /** By tensor. */
  static Map<String, ByteBuffer> bytes(WeightSnapshot snapshot) {
    Map<String, ByteBuffer> bytes = new HashMap<>();
    try (WeightLease lease = snapshot.lease().orElseThrow()) {
      for (TensorLayout layout : snapshot.image().layouts()) {
        ByteBuffer copy = ByteBuffer.allocate((int) layout.getLength());
        copy.put(lease.bytes(layout.getName(), 0, copy.capacity()));
        bytes.put(layout.getName(), copy.flip());
      }
    }
    return bytes;
  }

  /** By tensor. */
  static Map<String, ByteBuffer> bytes(List<PublishedTensor> tensors) {
    Map<String, ByteBuffer> bytes = new HashMap<>();
    for (PublishedTensor tensor : tensors) {
      tensor
          .reading()
          .with(
              values ->
                  bytes.put(
                      tensor.name(),
                      ByteBuffer.allocate(values.remaining()).put(values.duplicate()).flip()));
    }
    return bytes;
  }

  @Test
  void aVersionArrivesAsItWasPublished() {
    List<WeightRecord> records = published(1);
    assertThat(records).hasSizeGreaterThan(5);
    WeightSnapshot snapshot = feed(records).orElseThrow();
    assertThat(snapshot.version()).isEqualTo(new WeightVersion(0, 1L));
    assertThat(bytes(snapshot)).isEqualTo(bytes(tensors()));
    assertThat(refused).isEmpty();
  }

  @Test
  void aDamagedChunkIsNamedAndTheNextVersionIsTaken() {
    List<WeightRecord> records = new ArrayList<>(published(1));
    WeightRecord chunk = records.get(2);
    WeightChunk body = (WeightChunk) chunk.getBody();
    byte[] bytes = new byte[body.getData().remaining()];
    body.getData().duplicate().get(bytes);
    bytes[1000] ^= 1;
    records.set(
        2,
        new WeightRecord(
            chunk.getVersion(),
            WeightChunk.newBuilder(body).setData(ByteBuffer.wrap(bytes)).build()));
    assertThat(feed(records)).isEmpty();
    assertThat(refused)
        .containsExactly("version 0.1 is refused: chunk 1 does not match its CRC-32");
    assertThat(feed(published(2))).isPresent();
  }

  @Test
  void aMissingChunkIsNamed() {
    List<WeightRecord> records = new ArrayList<>(published(1));
    records.remove(2);
    assertThat(feed(records)).isEmpty();
    assertThat(refused).containsExactly("version 0.1 is refused: chunk 1 is missing");
  }

  @Test
  void aVersionWhoseBeginningIsGoneIsNamed() {
    List<WeightRecord> records = published(1);
    assertThat(feed(records.subList(2, records.size()))).isEmpty();
    assertThat(refused)
        .containsExactly("version 0.1 is refused: its header is not where its commit says");
    assertThat(feed(published(2))).isPresent();
  }

  @Test
  void aHeaderThatDoesNotAgreeWithItselfIsRefusedBeforeAnythingIsTaken() {
    WeightHeader header = (WeightHeader) published(1).get(0).getBody();
    assertThat(feed(with(WeightHeader.newBuilder(header).setBytes(header.getBytes() + 4))))
        .isEmpty();
    assertThat(feed(with(header, layout -> layout.setOffset(8)))).isEmpty();
    assertThat(feed(with(header, layout -> layout.setLength(1L << 40)))).isEmpty();
    assertThat(feed(with(header, layout -> layout.setShape(List.of(3L))))).isEmpty();
    assertThat(feed(with(header, layout -> layout.setDtype("BF16")))).isEmpty();
    assertThat(feed(with(WeightHeader.newBuilder(header).setKind(WeightKind.DELTA)))).isEmpty();
    assertThat(feed(with(WeightHeader.newBuilder(header).setChunks(Integer.MAX_VALUE)))).isEmpty();
    assertThat(feed(with(WeightHeader.newBuilder(header).setChunks(1)))).isEmpty();
    assertThat(refused)
        .hasSize(8)
        .allSatisfy(reason -> assertThat(reason).startsWith("version 0.1 is refused: "));
    assertThat(feed(published(2))).isPresent();
  }

  /** Agrees with itself: more than there is memory, as far as its shapes go. */
  private static WeightHeader.Builder huge(WeightHeader header, String name, int tensors) {
    long elements = (Integer.MAX_VALUE - 8L) / 4;
    List<TensorLayout> layouts = new ArrayList<>();
    for (int i = 0; i < tensors; i++) {
      layouts.add(
          TensorLayout.newBuilder()
              .setName(name)
              .setDtype("F32")
              .setShape(List.of(elements))
              .setOffset(4 * elements * i)
              .setLength(4 * elements)
              .build());
    }
    long bytes = 4 * elements * tensors;
    return WeightHeader.newBuilder(header)
        .setTensors(layouts)
        .setBytes(bytes)
        .setChunks(Math.toIntExact(bytes / 900_000 + 1));
  }

  @Test
  void aHeaderOfAnotherModelIsRefusedBeforeAnythingIsAllocated() {
    WeightHeader header = (WeightHeader) published(1).get(0).getBody();
    assertThat(feed(with(huge(header, "tensor7", 1)))).isEmpty();
    assertThat(feed(with(huge(header, "another", 100)))).isEmpty();
    List<TensorLayout> more = new ArrayList<>(header.getTensors());
    more.add(TensorLayout.newBuilder(more.get(3)).setOffset(header.getBytes()).build());
    assertThat(feed(with(WeightHeader.newBuilder(header).setTensors(more)))).isEmpty();
    assertThat(feed(with(WeightHeader.newBuilder(header).setTensors(more.subList(0, 3)))))
        .isEmpty();
    assertThat(refused)
        .containsExactly(
            "version 0.1 is refused: its tensor7 is [536870909], here it is [7]",
            "version 0.1 is refused: its another is [536870909], here it is not known",
            "version 0.1 is refused: it has tensor420001 twice",
            "version 0.1 is refused: it has 3 tensors, here there are 4");
    assertThat(feed(published(2))).isPresent();
  }

  @Test
  void shapesWhoseProductOverflowsAreNotWhatTheyComeTo() {
    for (List<Long> shape :
        List.of(List.of(1L << 32, 1L << 32, 7L), List.of(-7L, -1L), List.of(1L << 62, 4L, 0L))) {
      TensorLayout layout =
          TensorLayout.newBuilder()
              .setName("t")
              .setDtype("F32")
              .setShape(shape)
              .setOffset(0)
              .setLength(28)
              .build();
      assertThat(HeaderRules.problem(VERSION, header(List.of(layout), 28)).orElseThrow())
          .isEqualTo("tensor t of shape %s is said to have 28 bytes".formatted(shape));
    }
  }

  private static WeightHeader header(List<TensorLayout> layouts, long bytes) {
    return WeightHeader.newBuilder()
        .setKind(WeightKind.ANCHOR)
        .setBase(null)
        .setModelFamily("llama")
        .setTensors(layouts)
        .setChunks(1)
        .setBytes(bytes)
        .build();
  }

  private static List<WeightRecord> with(
      WeightHeader header, UnaryOperator<TensorLayout.Builder> change) {
    List<TensorLayout> layouts = new ArrayList<>(header.getTensors());
    layouts.set(0, change.apply(TensorLayout.newBuilder(layouts.get(0))).build());
    return with(WeightHeader.newBuilder(header).setTensors(layouts));
  }

  /** Another header before the chunks and the commit of the same sending. */
  private static List<WeightRecord> with(WeightHeader.Builder header) {
    List<WeightRecord> records = new ArrayList<>(published(1));
    header.setAttempt(((WeightHeader) records.get(0).getBody()).getAttempt());
    records.set(0, new WeightRecord(records.get(0).getVersion(), header.build()));
    return records;
  }

  @Test
  void piecesOfAnySizeFillTheTensorsTheyMeet() {
    List<TensorLayout> layouts = new ArrayList<>();
    long offset = 0;
    for (int size : new int[] {3, 0, 1, 17, 5}) {
      layouts.add(
          TensorLayout.newBuilder()
              .setName("t" + size)
              .setDtype("F32")
              .setShape(List.of((long) size))
              .setOffset(offset)
              .setLength(4L * size)
              .build());
      offset += 4L * size;
    }
    assertThat(HeaderRules.problem(VERSION, header(layouts, offset))).isEmpty();
    byte[] all = new byte[104];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    for (int piece = 1; piece <= all.length; piece++) {
      WeightImage image = new WeightImage(layouts);
      for (int from = 0; from < all.length; from += piece) {
        int count = Math.min(piece, all.length - from);
        image.put(from, ByteBuffer.wrap(all, from, count));
      }
      assertThat(image.tensor(3)).isEqualTo(ByteBuffer.wrap(all, 16, 68));
      for (int from = 0; from < all.length; from += piece) {
        ByteBuffer read = ByteBuffer.allocate(Math.min(piece, all.length - from));
        image.get(from, read);
        assertThat(read).isEqualTo(ByteBuffer.wrap(all, from, read.capacity()).slice());
      }
    }
  }
}
