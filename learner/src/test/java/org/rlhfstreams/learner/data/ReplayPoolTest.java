package org.rlhfstreams.learner.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bounded sample of rows that are learned again. */
final class ReplayPoolTest {
  private static ReplayPool<Integer> pool(List<Integer> rows) {
    ReplayPool<Integer> pool = new ReplayPool<>(100, 3);
    for (int row : rows) {
      if (pool.takes("row-" + row)) {
        pool.add("row-" + row, List.of(row));
      }
    }
    return pool;
  }

  @Test
  void itIsAFairSampleWhateverTheOrderThatRowsCameIn() {
    List<Integer> rows = new ArrayList<>(IntStream.range(0, 10_000).boxed().toList());
    List<Integer> sample = pool(rows).draw(1_000, Set.of(), 1);
    assertThat(sample).hasSize(100).doesNotHaveDuplicates();
    double mean = sample.stream().mapToInt(Integer::intValue).average().orElseThrow();
    assertThat(mean).as("of 0 to 9999, a deviation of the mean is 289").isBetween(4000.0, 6000.0);
    Collections.shuffle(rows, new Random(5));
    assertThat(pool(rows).draw(1_000, Set.of(), 1)).isEqualTo(sample);
  }

  @Test
  void aDrawFollowsFromItsNumberAndLeavesOutWhatItIsTold() {
    ReplayPool<Integer> pool = pool(IntStream.range(0, 100).boxed().toList());
    List<Integer> drawn = pool.draw(10, Set.of(), 1);
    assertThat(pool.draw(10, Set.of(), 1)).isEqualTo(drawn);
    assertThat(pool.draw(10, Set.of(), 2)).isNotEqualTo(drawn);
    Set<String> except = new HashSet<>();
    IntStream.range(0, 95).forEach(row -> except.add("row-" + row));
    assertThat(pool.draw(10, except, 1)).containsExactlyInAnyOrder(95, 96, 97, 98, 99);
    pool.remove("row-97");
    assertThat(pool.draw(10, except, 1)).containsExactlyInAnyOrder(95, 96, 98, 99);
  }
}
