package org.rlhfstreams.learner.data;

import java.util.Arrays;
import org.rlhfstreams.model.training.TokenRow;

/** The rule which tokens of a demonstration are imitated: all of the response, or some. */
final class AssistantTurns {
  private AssistantTurns() {}

  /** A row of which every response token is imitated. */
  static Demonstration all(String id, RowJoin.Joined joined) {
    boolean[] learned = new boolean[joined.row().responseLength()];
    Arrays.fill(learned, true);
    return new Demonstration(id, joined.row(), learned, joined.truncatedRows());
  }

  /**
   * A row of which the response tokens are imitated that the assistant says.
   *
   * @param assistant whether it says a token, of all tokens before any were left out
   * @throws UnusableException if it says none, or none is left
   */
  static Demonstration of(String id, RowJoin.Joined joined, boolean[] assistant)
      throws UnusableException {
    TokenRow row = joined.row();
    int first = next(assistant, joined.leftOut() + row.responseStart()) - joined.leftOut();
    if (first >= row.tokenIds().length) {
      throw new UnusableException(
          next(assistant, 0) == assistant.length
              ? "the chat template marks nothing of it as the assistant's: put what the assistant"
                  + " says between {% generation %} and {% endgeneration %}"
              : "nothing of what the assistant says in it is left: raise learner.max-length or"
                  + " shorten it");
    }
    int from = joined.leftOut() + first;
    return new Demonstration(
        id,
        new TokenRow(row.tokenIds(), first),
        Arrays.copyOfRange(assistant, from, joined.leftOut() + row.tokenIds().length),
        joined.truncatedRows());
  }

  private static int next(boolean[] assistant, int from) {
    int at = from;
    while (at < assistant.length && !assistant[at]) {
      at++;
    }
    return at;
  }
}
