package org.rlhfstreams.learner.data;

import java.util.Arrays;
import java.util.Locale;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.service.configuration.Truncation;

/**
 * The rule by which a prompt and a response become one row: joined as ids, and where that is too
 * long, one end is left out of the whole, as in TRL. A prompt that alone fills the length leaves
 * nothing to learn where the start is kept; where the end is kept it gives way to the response.
 *
 * @param maxLength tokens of a row, at most
 */
public record RowJoin(int maxLength, Truncation truncation) {
  /**
   * Joins the two.
   *
   * @throws UnusableException where no response token is left to learn
   */
  Joined join(int[] prompt, int[] response) throws UnusableException {
    int[] all = Arrays.copyOf(prompt, prompt.length + response.length);
    System.arraycopy(response, 0, all, prompt.length, response.length);
    int length = Math.min(all.length, maxLength);
    int leftOut = truncation == Truncation.KEEP_END ? all.length - length : 0;
    // Nothing predicts a sequence's first token, so without a prompt it is not learned.
    int responseStart = Math.max(1, prompt.length - leftOut);
    if (responseStart >= length) {
      throw new UnusableException(
          String.format(
              Locale.ROOT,
              "its prompt of %d tokens leaves no response token in a length of %d: raise learner.max-length or shorten it",
              prompt.length,
              maxLength));
    }
    return new Joined(
        new TokenRow(Arrays.copyOfRange(all, leftOut, leftOut + length), responseStart),
        leftOut,
        length < all.length);
  }

  /**
   * A row.
   *
   * @param leftOut tokens that are missing before it
   * @param truncated whether any are missing, before it or behind it
   */
  record Joined(TokenRow row, int leftOut, boolean truncated) {
    /** For sums over rows. */
    int truncatedRows() {
      return truncated ? 1 : 0;
    }
  }
}
