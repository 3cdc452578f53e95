package org.rlhfstreams.learner.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class EpochOrderTest {
  @Property
  void everyExampleIsVisitedOnceAnEpoch(
      @ForAll @IntRange(max = 500) int size,
      @ForAll long seed,
      @ForAll @IntRange(max = 50) int epoch) {
    int[] order = new EpochOrder(size, seed).of(epoch);
    assertThat(Arrays.stream(order).sorted().toArray())
        .isEqualTo(IntStream.range(0, size).toArray());
    assertThat(new EpochOrder(size, seed).of(epoch)).isEqualTo(order);
  }
}
