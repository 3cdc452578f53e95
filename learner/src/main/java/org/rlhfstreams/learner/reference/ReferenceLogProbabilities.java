package org.rlhfstreams.learner.reference;

import java.util.List;
import org.rlhfstreams.model.training.TokenRow;

/** What the reference says of responses. */
public interface ReferenceLogProbabilities extends AutoCloseable {
  /** Log-probability of each row's response, summed over its tokens, [rows]. */
  double[] sums(List<TokenRow> rows);

  @Override
  void close();
}
