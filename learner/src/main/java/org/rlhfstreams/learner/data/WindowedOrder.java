package org.rlhfstreams.learner.data;

import java.util.Arrays;

/**
 * The order of an epoch over examples that lie in a log and do not fit in memory. Blocks of {@value
 * #BLOCK} neighbours are shuffled, {@value #BLOCKS} of them make a window, and the window's
 * examples are shuffled among themselves; so a window is read in few runs, nothing but a window is
 * held, and each epoch puts other blocks together. A permutation of the single examples would be
 * read one fetch an example, which costs more than some steps do.
 *
 * <p>What fits one window of {@value #WINDOW} examples is shuffled wholly, as {@link EpochOrder}
 * does it. All follows from the seed, the epoch and the number of examples.
 */
public final class WindowedOrder implements VisitOrder {
  /** Examples of a window, at most. */
  public static final int WINDOW = 10_000;

  private static final int BLOCK = 100;
  private static final int BLOCKS = WINDOW / BLOCK;
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private final int size;
  private final long seed;
  private final int block;
  private final int blocksOfWindow;

  public WindowedOrder(int size, long seed) {
    this(size, seed, BLOCK, BLOCKS);
  }

  /** With a block's and a window's size of one's own. */
  WindowedOrder(int size, long seed, int block, int blocksOfWindow) {
    this.size = size;
    this.seed = seed;
    this.block = block;
    this.blocksOfWindow = blocksOfWindow;
  }

  /**
   * A part of an epoch.
   *
   * @param start place in the epoch of its first example
   * @param examples indices in the order of the visit
   */
  public record Window(int epoch, int start, int[] examples) {
    /** Whether a place of an epoch lies in it. */
    public boolean has(int otherEpoch, int place) {
      return epoch == otherEpoch && place >= start && place < start + examples.length;
    }

    /** The examples in the order of the log. */
    public int[] sorted() {
      int[] sorted = examples.clone();
      Arrays.sort(sorted);
      return sorted;
    }
  }

  @Override
  public Window at(int epoch, int place) {
    if (size <= block * blocksOfWindow) {
      return new Window(epoch, 0, new EpochOrder(size, seed).of(epoch));
    }
    int blocks = (size + block - 1) / block;
    int[] order = new EpochOrder(blocks, seed).of(epoch);
    int start = 0;
    for (int first = 0; ; first += blocksOfWindow) {
      int[] chosen = Arrays.copyOfRange(order, first, Math.min(blocks, first + blocksOfWindow));
      int[] members = members(chosen);
      if (place < start + members.length) {
        return new Window(epoch, start, shuffled(members, epoch, first / blocksOfWindow));
      }
      start += members.length;
    }
  }

  private int[] members(int[] blocks) {
    Arrays.sort(blocks);
    int[] members = new int[blocks.length * block];
    int count = 0;
    for (int number : blocks) {
      int end = (int) Math.min(size, (number + 1L) * block);
      for (int example = number * block; example < end; example++) {
        members[count++] = example;
      }
    }
    return Arrays.copyOf(members, count);
  }

  private int[] shuffled(int[] members, int epoch, int window) {
    int[] order = new EpochOrder(members.length, seed ^ GOLDEN_RATIO * (window + 1)).of(epoch);
    int[] shuffled = new int[members.length];
    for (int i = 0; i < shuffled.length; i++) {
      shuffled[i] = members[order[i]];
    }
    return shuffled;
  }
}
