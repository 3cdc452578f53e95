package org.rlhfstreams.model.memory;

import java.util.Locale;
import org.rlhfstreams.model.training.MicroBatchSettings;

/**
 * How much is trained on in one pass, and how it is cut.
 *
 * @param rows of the pass
 * @param tokens of each row, prompt included
 */
public record TrainingLoad(int rows, int tokens, MicroBatchSettings microBatches) {
  public TrainingLoad {
    if (rows < 1 || tokens < 2) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "training needs at least 1 row of 2 tokens; got %d of %d",
              rows,
              tokens));
    }
  }

  /** Rows of the largest micro-batch. */
  int rowsAtOnce() {
    return Math.min(rows, Math.max(1, microBatches.tokens() / tokens));
  }

  /** Rows whose graphs exist at once. */
  int rowsKept() {
    return (long) rows * tokens <= microBatches.retainedTokens() ? rows : rowsAtOnce();
  }

  /**
   * Tokens whose logits exist at once; the first token of a row has none.
   *
   * @param vocabulary logits of one token
   */
  long headRows(long vocabulary) {
    long all = (long) rows * (tokens - 1);
    if (rowsKept() == rows && all * vocabulary <= microBatches.keptLogits()) {
      return all;
    }
    return Math.min(microBatches.headRows(), (long) rowsAtOnce() * (tokens - 1));
  }
}
