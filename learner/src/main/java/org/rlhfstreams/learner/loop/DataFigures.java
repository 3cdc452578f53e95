package org.rlhfstreams.learner.loop;

import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.data.Example;

/** What is said of a batch's data beside what was learned from it. */
final class DataFigures {
  private static final String TRUNCATED = "data/truncated_rows";
  private static final String DUPLICATES = "data/duplicates";

  private DataFigures() {}

  /** Rows of a batch that were too long. */
  static Map<String, Double> of(List<? extends Example> batch) {
    return Map.of(TRUNCATED, truncatedRows(batch));
  }

  /**
   * As {@link #of(List)}.
   *
   * @param duplicates records with ids that had been counted, stepped over on the way
   */
  static Map<String, Double> of(List<? extends Example> batch, long duplicates) {
    return Map.of(TRUNCATED, truncatedRows(batch), DUPLICATES, (double) duplicates);
  }

  private static double truncatedRows(List<? extends Example> batch) {
    return batch.stream().mapToInt(Example::truncatedRows).sum();
  }
}
