package org.rlhfstreams.service.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class PartitionProgressTest {
  private static PartitionProgress from(long offset, Long... finished) {
    return new PartitionProgress(new Reached(offset, List.of(finished)));
  }

  @Test
  void theLowestUnfinishedOffsetIsReachedAndWhatIsFinishedAboveItIsSaid() {
    PartitionProgress progress = from(5);
    for (long offset = 5; offset < 10; offset++) {
      progress.begin(offset);
    }
    progress.finish(7);
    progress.finish(9);
    assertThat(progress.reached()).isEqualTo(new Reached(5, List.of(7L, 9L)));
    progress.finish(5);
    assertThat(progress.reached()).isEqualTo(new Reached(6, List.of(7L, 9L)));
    progress.finish(6);
    assertThat(progress.reached()).isEqualTo(new Reached(8, List.of(9L)));
    progress.finish(8);
    assertThat(progress.reached()).isEqualTo(Reached.inOrder(10));
  }

  @Test
  void offsetsOfTransactionMarkersArePassedOver() {
    PartitionProgress progress = from(0);
    progress.begin(0);
    progress.begin(4);
    progress.finish(0);
    assertThat(progress.reached()).isEqualTo(Reached.inOrder(4));
    progress.finish(4);
    assertThat(progress.reached()).isEqualTo(Reached.inOrder(5));
  }

  @Test
  void whatWasFinishedBeforeIsNotDoneAgain() {
    PartitionProgress progress = from(5, 6L, 8L);
    assertThat(progress.isFinished(5)).isFalse();
    progress.begin(5);
    assertThat(progress.isFinished(6)).isTrue();
    progress.pass(6);
    progress.begin(7);
    progress.finish(5);
    assertThat(progress.reached()).isEqualTo(new Reached(7, List.of(8L)));
    progress.finish(7);
    assertThat(progress.reached()).isEqualTo(Reached.inOrder(9));
  }

  @Test
  void oneOldRecordHoldsUpSoManyNewOnesAndNoMore() {
    PartitionProgress progress = from(0);
    progress.begin(0);
    for (long offset = 1; !progress.isFull(); offset++) {
      progress.begin(offset);
      progress.finish(offset);
    }
    assertThat(progress.reached().finished()).hasSize(PartitionProgress.MOST_FINISHED);
    progress.finish(0);
    assertThat(progress.reached()).isEqualTo(Reached.inOrder(PartitionProgress.MOST_FINISHED + 1));
    assertThat(progress.isFull()).isFalse();
  }

  @Test
  void wheneverItIsKilledEachRecordIsFinishedOnce() {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TreeSet<Long> done = new TreeSet<>();
      Reached committed = Reached.inOrder(0);
      while (committed.offset() < 60) {
        PartitionProgress progress = new PartitionProgress(committed);
        long next = committed.offset();
        for (int turn = random.nextInt(40); turn > 0; turn--) {
          if (next < 60 && random.nextBoolean()) {
            if (progress.isFinished(next)) {
              progress.pass(next);
            } else {
              progress.begin(next);
            }
            next++;
          } else if (progress.oldest().isPresent()) {
            long finished = finishedNow(progress, next, random, done);
            assertThat(done.add(finished)).as("seed %d, offset %d", seed, finished).isTrue();
            committed = progress.reached();
          }
        }
      }
      assertThat(done).hasSize(60);
    }
  }

  @Test
  void whatIsBelowAFinishedRecordMayBeBegunHoweverManyAreFinished() {
    List<Long> finished =
        LongStream.rangeClosed(1, PartitionProgress.MOST_FINISHED + 5L).boxed().toList();
    PartitionProgress restored = new PartitionProgress(new Reached(0, finished));
    assertThat(restored.isFull()).isFalse();
    assertThat(restored.isFinished(0)).isFalse();
    restored.begin(0);
    finished.forEach(restored::pass);
    assertThat(restored.isFull()).as("nothing further before 0 is finished").isTrue();
    restored.finish(0);
    assertThat(restored.reached())
        .isEqualTo(new Reached(PartitionProgress.MOST_FINISHED + 6L, List.of()));
    assertThat(restored.isFull()).isFalse();
  }

  /** One of those that are begun, any. */
  private static long finishedNow(
      PartitionProgress progress, long next, SplittableRandom random, Set<Long> done) {
    long oldest = progress.oldest().orElseThrow();
    long offset = oldest + random.nextLong(next - oldest);
    while (done.contains(offset)) {
      offset = offset + 1 < next ? offset + 1 : oldest;
    }
    progress.finish(offset);
    return offset;
  }
}
