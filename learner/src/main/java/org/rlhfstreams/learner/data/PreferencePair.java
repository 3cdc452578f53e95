package org.rlhfstreams.learner.data;

import java.util.List;
import org.rlhfstreams.model.training.TokenRow;

/**
 * Two responses to one prompt.
 *
 * @param margin by how much the chosen one is better; 0 where nothing is known
 * @param weight in the loss, 1 by default
 * @param truncatedRows of the two, those that were too long
 */
public record PreferencePair(
    String id, TokenRow chosen, TokenRow rejected, double margin, double weight, int truncatedRows)
    implements Example {
  @Override
  public List<TokenRow> tokenRows() {
    return List.of(chosen, rejected);
  }
}
