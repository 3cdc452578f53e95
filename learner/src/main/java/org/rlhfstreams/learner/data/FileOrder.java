package org.rlhfstreams.learner.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The order of the log, the same in each epoch. Records that give several examples, as pairs do
 * that are taken apart, give them as TRL does: of each {@value #RECORDS_APART} records first all
 * first examples, then all second ones, so that the responses to one prompt are no neighbours.
 */
public final class FileOrder implements VisitOrder {
  /** As many rows as a {@code map} of the library datasets hands over at a time. */
  static final int RECORDS_APART = 1_000;

  private final ExampleIndex index;
  private final int[] windowStarts;

  public FileOrder(ExampleIndex index) {
    this.index = index;
    this.windowStarts = windowStarts();
  }

  /** As many whole portions as fit a window, so that most data sets are one. */
  private int[] windowStarts() {
    List<Integer> starts = new ArrayList<>(List.of(0));
    int start = 0;
    for (int portion = 0; portion < index.size(); ) {
      int end = portionEnd(portion);
      if (end - start > WindowedOrder.WINDOW && portion > start) {
        start = portion;
        starts.add(start);
      }
      portion = end;
    }
    return starts.stream().mapToInt(Integer::intValue).toArray();
  }

  private int portionEnd(int start) {
    int records = 0;
    int end = start;
    while (end < index.size()) {
      records += index.part(end) == 0 ? 1 : 0;
      if (records > RECORDS_APART) {
        return end;
      }
      end++;
    }
    return end;
  }

  @Override
  public WindowedOrder.Window at(int epoch, int place) {
    int found = Arrays.binarySearch(windowStarts, place);
    int window = found >= 0 ? found : -found - 2;
    int start = windowStarts[window];
    int end = window + 1 < windowStarts.length ? windowStarts[window + 1] : index.size();
    int[] examples = new int[end - start];
    int count = 0;
    for (int portion = start; portion < end; ) {
      int portionEnd = portionEnd(portion);
      int before = count;
      for (int part = 0; count - before < portionEnd - portion; part++) {
        for (int example = portion; example < portionEnd; example++) {
          if (index.part(example) == part) {
            examples[count++] = example;
          }
        }
      }
      portion = portionEnd;
    }
    return new WindowedOrder.Window(epoch, start, examples);
  }
}
