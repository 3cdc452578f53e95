package org.rlhfstreams.model.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The rule by which rows become sequences: the two sides of a pair, or the samples of one request,
 * share one reading of their prompt where that saves work.
 */
final class SequencePacking {
  // Below, what is saved does not pay for attention with a mask.
  private static final int SHORTEST_SHARED_PROMPT = 48;
  private static final int LONGEST_SEQUENCE = 1024;

  private SequencePacking() {}

  /**
   * @param lengthClass rows whose class is not 0 stand alone
   */
  static List<TokenSequence> of(
      List<TokenRow> rows, boolean sharePrompts, IntUnaryOperator lengthClass) {
    List<TokenSequence> sequences = new ArrayList<>();
    Map<Integer, TokenSequence> open = new HashMap<>();
    for (int i : IntStream.range(0, rows.size()).toArray()) {
      TokenRow row = rows.get(i);
      boolean may =
          sharePrompts
              && row.responseStart() >= SHORTEST_SHARED_PROMPT
              && lengthClass.applyAsInt(row.tokenIds().length) == 0;
      int key = java.util.Arrays.hashCode(row.prompt());
      TokenSequence known = may ? open.get(key) : null;
      if (known != null
          && known.hasPromptOf(row)
          && known.length() + row.responseLength() <= LONGEST_SEQUENCE
          && row.responseLength() <= 2 * row.responseStart()) {
        known.add(i, row);
      } else {
        TokenSequence fresh = new TokenSequence(i, row);
        sequences.add(fresh);
        if (may) {
          open.put(key, fresh);
        }
      }
    }
    return sequences;
  }
}
