package org.rlhfstreams.learner.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class FileOrderTest {
  private static ExampleIndex records(int count, int examplesOfEach) {
    ExampleIndex index = new ExampleIndex();
    for (int record = 0; record < count; record++) {
      index.add(record, examplesOfEach);
    }
    return index;
  }

  private static List<Integer> epoch(ExampleIndex index, int epoch) {
    FileOrder order = new FileOrder(index);
    List<Integer> visited = new ArrayList<>();
    while (visited.size() < index.size()) {
      WindowedOrder.Window window = order.at(epoch, visited.size());
      assertThat(window.start()).isEqualTo(visited.size());
      assertThat(window.examples()).hasSizeBetween(1, WindowedOrder.WINDOW);
      IntStream.of(window.examples()).forEach(visited::add);
    }
    return visited;
  }

  @Property(tries = 20)
  void recordsAreVisitedInTheirOrderInEachEpoch(
      @ForAll @IntRange(max = 25_000) int records, @ForAll @IntRange(max = 9) int epoch) {
    assertThat(epoch(records(records, 1), epoch))
        .isEqualTo(IntStream.range(0, records).boxed().toList());
  }

  @Example
  void ofThePairsOfAPortionAllChosenOnesComeFirst() {
    assertThat(epoch(records(3, 2), 0)).containsExactly(0, 2, 4, 1, 3, 5);
    List<Integer> many = epoch(records(FileOrder.RECORDS_APART + 2, 2), 1);
    assertThat(many.subList(0, 2)).containsExactly(0, 2);
    assertThat(many.subList(FileOrder.RECORDS_APART, FileOrder.RECORDS_APART + 2))
        .containsExactly(1, 3);
    assertThat(many.subList(2 * FileOrder.RECORDS_APART, many.size()))
        .containsExactly(2000, 2002, 2001, 2003);
  }

  @Property(tries = 50)
  void whateverPlaceIsAskedForItsWindowHasIt(@ForAll @IntRange(max = 29_999) int place) {
    FileOrder order = new FileOrder(records(15_000, 2));
    WindowedOrder.Window window = order.at(4, place);
    assertThat(window.has(4, place)).isTrue();
    assertThat(window.examples()).isEqualTo(order.at(4, window.start()).examples());
    assertThat(IntStream.of(window.sorted()).boxed().toList())
        .isEqualTo(
            IntStream.range(window.start(), window.start() + window.examples().length)
                .boxed()
                .toList());
  }
}
