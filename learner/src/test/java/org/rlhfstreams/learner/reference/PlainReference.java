package org.rlhfstreams.learner.reference;

import java.util.List;
import org.rlhfstreams.model.training.FrozenModel;
import org.rlhfstreams.model.training.TokenRow;

/** Sums that are computed whenever they are asked for. */
public final class PlainReference implements ReferenceLogProbabilities {
  private final FrozenModel reference;

  /**
   * @param reference closed with this object
   */
  public PlainReference(FrozenModel reference) {
    this.reference = reference;
  }

  @Override
  public double[] sums(List<TokenRow> rows) {
    return RowSums.of(reference.logProbabilities(rows));
  }

  @Override
  public void close() {
    reference.close();
  }
}
