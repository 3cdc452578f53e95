package org.rlhfstreams.model.training;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One sequence: a prompt and the response after it.
 *
 * @param tokenIds all tokens, [time]
 * @param responseStart index of the response's first token, from 1 to the number of tokens less
 *     one: the first token of a sequence has nothing that predicts it
 */
public record TokenRow(int[] tokenIds, int responseStart) {
  public TokenRow {
    if (responseStart < 1 || responseStart >= tokenIds.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a row of %d tokens cannot have its response start at %d",
              tokenIds.length,
              responseStart));
    }
  }

  /** The tokens before the response. */
  public int[] prompt() {
    return Arrays.copyOf(tokenIds, responseStart);
  }

  public int[] response() {
    return Arrays.copyOfRange(tokenIds, responseStart, tokenIds.length);
  }

  /** Number of response tokens. */
  public int responseLength() {
    return tokenIds.length - responseStart;
  }

  /** A row from the ids of a prompt and of its response, as events carry them. */
  public static TokenRow of(List<Integer> prompt, List<Integer> response) {
    return of(ints(prompt), ints(response));
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** A row from a prompt and its response. */
  public static TokenRow of(int[] prompt, int[] response) {
    int[] all = new int[prompt.length + response.length];
    System.arraycopy(prompt, 0, all, 0, prompt.length);
    System.arraycopy(response, 0, all, prompt.length, response.length);
    return new TokenRow(all, prompt.length);
  }
}
