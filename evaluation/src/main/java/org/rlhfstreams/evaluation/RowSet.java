package org.rlhfstreams.evaluation;

import org.rlhfstreams.datasets.PreferenceDataset;
import org.rlhfstreams.learner.data.RowJoin;
import org.rlhfstreams.service.configuration.Truncation;

/**
 * Rows of files that models are measured on.
 *
 * @param strict whether one bad row is one too many
 * @param maxLength tokens of a row at most, the rest is cut off; 0 takes the model's context
 */
public record RowSet(PreferenceDataset data, boolean strict, int maxLength) {
  /**
   * How prompt and response become a row, cut at its end if it is too long.
   *
   * @param context of the model, in tokens
   */
  RowJoin join(int context) {
    int longest = maxLength == 0 ? context : Math.min(maxLength, context);
    return new RowJoin(longest, Truncation.KEEP_START);
  }
}
