package org.rlhfstreams.service.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.WeightChunk;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;

/** Invariant 6: a version arrives whole and true, or is refused and named. */
final class WeightAssemblerTest {
  private static final Topic TOPIC = new Topics("", 1).policyWeights();

  private final List<String> refused = new ArrayList<>();
  private final WeightAssembler assembler =
      new WeightAssembler(TOPIC.name(), Optional.empty(), (version, reason) -> refused.add(reason));

  private static List<NamedTensor> tensors() {
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
}
