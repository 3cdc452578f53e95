package org.rlhfstreams.learner.data;

import java.util.List;
import org.rlhfstreams.model.training.TokenRow;

/**
 * A response to imitate.
 *
 * @param truncatedRows 1 where the row was too long, else 0
 */
public record Demonstration(String id, TokenRow row, int truncatedRows) implements Example {
  @Override
  public List<TokenRow> tokenRows() {
    return List.of(row);
  }
}
