package org.rlhfstreams.learner.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class WindowedOrderTest {
  private static List<Integer> epoch(WindowedOrder order, int size, int epoch, int window) {
    List<Integer> visited = new ArrayList<>();
    while (visited.size() < size) {
      WindowedOrder.Window next = order.at(epoch, visited.size());
      assertThat(next.start()).isEqualTo(visited.size());
      assertThat(next.examples()).hasSizeBetween(1, window);
      for (int example : next.examples()) {
        visited.add(example);
      }
    }
    return visited;
  }

  @Property
  void everyExampleIsVisitedOnceAnEpochAndNoWindowIsLargerThanItMayBe(
      @ForAll @IntRange(max = 600) int size,
      @ForAll long seed,
      @ForAll @IntRange(max = 50) int epoch,
      @ForAll @IntRange(min = 1, max = 20) int block,
      @ForAll @IntRange(min = 1, max = 10) int blocks) {
    List<Integer> visited =
        epoch(new WindowedOrder(size, seed, block, blocks), size, epoch, block * blocks);
    assertThat(visited).hasSize(size);
    assertThat(new HashSet<>(visited)).hasSize(size);
    assertThat(epoch(new WindowedOrder(size, seed, block, blocks), size, epoch, block * blocks))
        .isEqualTo(visited);
  }

  @Property(tries = 200)
  void whateverPlaceIsAskedForTheWindowIsTheSame(
      @ForAll @IntRange(min = 100, max = 600) int size,
      @ForAll long seed,
      @ForAll @IntRange(max = 99) int place) {
    WindowedOrder order = new WindowedOrder(size, seed, 5, 4);
    WindowedOrder.Window window = order.at(3, place);
    assertThat(window.has(3, place)).isTrue();
    assertThat(window.examples()).isEqualTo(order.at(3, window.start()).examples());
  }

  @Example
  void whatFitsOneWindowIsShuffledWholly() {
    WindowedOrder.Window window = new WindowedOrder(WindowedOrder.WINDOW, 7).at(2, 5);
    assertThat(window.examples()).isEqualTo(new EpochOrder(WindowedOrder.WINDOW, 7).of(2));
  }

  @Example
  void epochsPutOtherExamplesTogether() {
    WindowedOrder order = new WindowedOrder(10_000, 1, 10, 20);
    Set<Integer> first = new HashSet<>();
    for (int example : order.at(0, 0).examples()) {
      first.add(example);
    }
    int again = 0;
    for (int example : order.at(1, 0).examples()) {
      again += first.contains(example) ? 1 : 0;
    }
    assertThat(again).isLessThan(40); // 4 of 200 by chance
  }
}
