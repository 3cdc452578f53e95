package org.rlhfstreams.learner.data;

import java.util.List;
import org.rlhfstreams.model.training.TokenRow;

/**
 * A response to imitate.
 *
 * @param learned whether a token is imitated, [response tokens]; the first one is
 * @param truncatedRows 1 where the row was too long, else 0
 */
public record Demonstration(String id, TokenRow row, boolean[] learned, int truncatedRows)
    implements Example {
  @Override
  public List<TokenRow> tokenRows() {
    return List.of(row);
  }

  /** Number of tokens that are imitated. */
  public int learnedTokens() {
    int count = 0;
    for (boolean token : learned) {
      count += token ? 1 : 0;
    }
    return count;
  }
}
