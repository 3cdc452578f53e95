package org.rlhfstreams.evaluation;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.rlhfstreams.evaluation.result.RescoredRow;
import org.rlhfstreams.evaluation.statistics.Standardised;

/** Where two rewards of the same rollouts differ most, whatever their scales. */
public final class RewardChange {
  private final double[] before;
  private final double[] now;

  /** Compares rollouts, in the order given. */
  public RewardChange(List<RescoredRow> rows) {
    this.before = Standardised.of(rows.stream().mapToDouble(RescoredRow::before).toArray());
    this.now = Standardised.of(rows.stream().mapToDouble(RescoredRow::now).toArray());
  }

  /**
   * Indices of those of which both say the most different things, in standard deviations; the
   * largest difference first, of equal ones the first.
   *
   * @param count how many, at most
   */
  public List<Integer> largest(int count) {
    return IntStream.range(0, before.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -Math.abs(now[i] - before[i])))
        .limit(count)
        .toList();
  }

  /** Standard deviations of an old reward above the mean. */
  public double before(int index) {
    return before[index];
  }

  /** The same of a new one. */
  public double now(int index) {
    return now[index];
  }
}
