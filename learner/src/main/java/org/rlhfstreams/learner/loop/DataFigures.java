package org.rlhfstreams.learner.loop;

import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.data.Example;

/** What is said of a batch's data beside what was learned from it. */
final class DataFigures {
  private static final String TRUNCATED = "data/truncated_rows";

  /** Records with ids that had been counted, stepped over on the way to a batch. */
  static final String DUPLICATES = "data/duplicates";

  /** Responses set aside on the way to a batch, since all of their group earned the same. */
  static final String SET_ASIDE = "data/set_aside";

  private static final String WITHDRAWN = "data/withdrawn";
  private static final String REPLAYED = "data/replayed_rows";

  private DataFigures() {}

  /** Rows of a batch that were too long. */
  static Map<String, Double> of(List<? extends Example> batch) {
    return Map.of(TRUNCATED, truncatedRows(batch));
  }

  /**
   * As {@link #of(List)}.
   *
   * @param duplicates records with ids that had been counted, stepped over on the way
   * @param withdrawn records that take a preference back, read on the way
   * @param replayed examples of the batch that were learned before
   */
  static Map<String, Double> of(
      List<? extends Example> batch, long duplicates, long withdrawn, int replayed) {
    return Map.of(
        TRUNCATED,
        truncatedRows(batch),
        DUPLICATES,
        (double) duplicates,
        WITHDRAWN,
        (double) withdrawn,
        REPLAYED,
        (double) replayed);
  }

  private static double truncatedRows(List<? extends Example> batch) {
    return batch.stream().mapToInt(Example::truncatedRows).sum();
  }
}
