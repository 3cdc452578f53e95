package org.rlhfstreams.learner.data;

import java.util.List;
import org.rlhfstreams.model.training.TokenRow;

/** A response to imitate. */
public record Demonstration(String id, TokenRow row) implements Example {
  @Override
  public List<TokenRow> tokenRows() {
    return List.of(row);
  }
}
