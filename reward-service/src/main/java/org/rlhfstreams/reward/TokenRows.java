package org.rlhfstreams.reward;

import java.util.List;
import org.rlhfstreams.model.training.TokenRow;

/** Rows from the ids of events. */
final class TokenRows {
  private TokenRows() {}

  static TokenRow of(List<Integer> prompt, List<Integer> response) {
    return TokenRow.of(ints(prompt), ints(response));
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
