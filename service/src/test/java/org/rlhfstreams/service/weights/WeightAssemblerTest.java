package org.rlhfstreams.service.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
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

  private final List<String> refused = new ArrayList<>();
  private final WeightAssembler assembler =
      new WeightAssembler(
          TOPIC.name(),
          Optional.empty(),
          (version, header) -> PublishedVersion.layout().difference(header),
          (version, reason) -> refused.add(reason));

  private static List<PublishedTensor> tensors() {
    return PublishedVersion.tensors();
  }

  private static List<WeightRecord> published(long step) {
    return PublishedVersion.of(TOPIC, Optional.empty(), step, tensors());
  }

  private Optional<WeightSnapshot> feed(List<WeightRecord> records) {
    Optional<WeightSnapshot> newest = Optional.empty();
    for (WeightRecord record : records) {
      newest = assembler.accept(record).or(() -> Optional.empty());
    }
    return newest;
  }

  @Test
  void aVersionArrivesAsItWasPublished() {
    List<WeightRecord> records = published(1);
    assertThat(records).hasSizeGreaterThan(5);
    WeightSnapshot snapshot = feed(records).orElseThrow();
    assertThat(snapshot.version()).isEqualTo(new WeightVersion(0, 1L));
    for (int i = 0; i < tensors().size(); i++) {
      assertThat(snapshot.tensors().get(i).values()).isEqualTo(tensors().get(i).values());
      assertThat(snapshot.tensors().get(i).name()).isEqualTo(tensors().get(i).name());
    }
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
            new WeightChunk(body.getIndex(), body.getCrc32(), ByteBuffer.wrap(bytes))));
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
  void aVersionWhoseBeginningIsGoneIsLeftOut() {
    List<WeightRecord> records = published(1);
    assertThat(feed(records.subList(2, records.size()))).isEmpty();
    assertThat(refused).isEmpty();
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
    long elements = Integer.MAX_VALUE - 8L;
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
            "version 0.1 is refused: its tensor7 is [2147483639], here it is [7]",
            "version 0.1 is refused: its another is [2147483639], here it is not known",
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
      assertThat(HeaderRules.problem(header(List.of(layout), 28)).orElseThrow())
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

  private static List<WeightRecord> with(WeightHeader.Builder header) {
    List<WeightRecord> records = new ArrayList<>(published(1));
    records.set(0, new WeightRecord(records.get(0).getVersion(), header.build()));
    return records;
  }

  @Test
  void chunksOfAnySizeFillTheTensorsTheyMeet() {
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
    assertThat(HeaderRules.problem(header(layouts, offset))).isEmpty();
    for (int chunk = 1; chunk <= 26; chunk++) {
      IncomingTensors tensors = new IncomingTensors(layouts);
      for (int from = 0; from < 26; from += chunk) {
        assertThat(tensors.isFull()).isFalse();
        assertThat(tensors.put(values(from, Math.min(26, from + chunk)))).isTrue();
      }
      assertThat(tensors.isFull()).isTrue();
      assertThat(tensors.put(values(0, 1))).isFalse();
      assertThat(tensors.tensors().get(3).values()).startsWith(4f, 5f, 6f).endsWith(20f);
      assertThat(tensors.tensors().get(4).values()).containsExactly(21f, 22f, 23f, 24f, 25f);
    }
  }

  private static ByteBuffer values(int from, int until) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * (until - from)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = from; i < until; i++) {
      bytes.putFloat((float) i);
    }
    return bytes.flip();
  }
}
