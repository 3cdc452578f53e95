package org.rlhfstreams.service.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.WeightCommit;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightKind;
import org.rlhfstreams.events.WeightRecord;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.Topic;
import org.rlhfstreams.schemas.Topics;

/** A version that is sent once more, whole, is for those who lack it. */
final class RepeatedVersionTest {
  private static final Topic TOPIC = new Topics("", 1).policyWeights();
  private static final int SIZE = 500_000;
  private static final WeightVersion FIRST = new WeightVersion(0, 0L);
  private static final WeightVersion SECOND = new WeightVersion(0, 1L);

  private final List<String> refused = new ArrayList<>();
  private final WeightsLog log = new WeightsLog();
  private final WeightPublisher publisher =
      new WeightPublisher(TOPIC, WireType.BF16, 1000, Optional.empty());

  private WeightAssembler reader() {
    return new WeightAssembler(
        TOPIC.name(),
        Optional.empty(),
        (version, header) -> Optional.empty(),
        (version, reason) -> refused.add(reason),
        log,
        () -> false);
  }

  /** Weights after a step, of which each changes a few. */
  private static List<PublishedTensor> tensors(long step) {
    ByteBuffer values = ByteBuffer.allocate(2 * SIZE);
    for (int i = 0; i < step; i++) {
      values.putShort(2000 * i, (short) 7);
    }
    return List.of(
        new PublishedTensor(
            "tensor", List.of((long) SIZE), taker -> taker.accept(values.duplicate())));
  }

  private Optional<WeightSnapshot> read(WeightAssembler reader, int from) {
    Optional<WeightSnapshot> newest = Optional.empty();
    for (WeightRecord record : log.from(from)) {
      newest = reader.accept(record, Long.MAX_VALUE);
    }
    return newest;
  }

  @Test
  void aWorkerThatMissedItsDeltaTakesItAndOneThatHasItPassesItOver() {
    log.publish(publisher, FIRST, tensors(0));
    WeightAssembler whole = reader();
    WeightAssembler lacking = reader();
    assertThat(read(whole, 0)).isPresent();
    assertThat(read(lacking, 0)).isPresent();
    int delta = log.size();
    log.publish(publisher, SECOND, tensors(1));
    assertThat(kind(delta)).isEqualTo(WeightKind.DELTA);
    assertThat(read(whole, delta)).isPresent();
    for (WeightRecord record : log.from(delta)) {
      if (record.getBody() instanceof WeightHeader || record.getBody() instanceof WeightCommit) {
        lacking.accept(record, Long.MAX_VALUE); // its chunk is lost
      }
    }
    assertThat(refused).hasSize(1);

    int again = log.size();
    log.commit(publisher, log.sendWhole(publisher, SECOND, tensors(1)));
    assertThat(kind(again)).isEqualTo(WeightKind.ANCHOR);
    assertThat(read(whole, again)).isEmpty();
    assertThat(read(lacking, again))
        .get()
        .satisfies(
            version -> {
              assertThat(version.version()).isEqualTo(SECOND);
              assertThat(WeightAssemblerTest.bytes(version))
                  .isEqualTo(WeightAssemblerTest.bytes(tensors(1)));
            });
    assertThat(refused).hasSize(1);

    int next = log.size();
    log.publish(publisher, new WeightVersion(0, 2L), tensors(2));
    assertThat(kind(next)).isEqualTo(WeightKind.DELTA);
    assertThat(read(whole, next)).isPresent();
    assertThat(read(lacking, next)).isPresent();
  }

  private WeightKind kind(int offset) {
    return ((WeightHeader) log.records().get(offset).getBody()).getKind();
  }
}
