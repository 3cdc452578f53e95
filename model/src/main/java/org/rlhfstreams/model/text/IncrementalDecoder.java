package org.rlhfstreams.model.text;

import java.util.Arrays;

/**
 * Turns tokens into text one at a time, so that text once shown never changes. Each step decodes
 * the few tokens since the last settled text. One a stream.
 */
public final class IncrementalDecoder {
  private static final String INCOMPLETE = "\uFFFD";

  private final Tokenizer tokenizer;
  private final boolean skipSpecialTokens;
  private int[] tokenIds = new int[64];
  private int size;
  private int windowStart;
  private int settled;

  /** For a text that begins with the stream. */
  public IncrementalDecoder(Tokenizer tokenizer, boolean skipSpecialTokens) {
    this(tokenizer, skipSpecialTokens, new int[0]);
  }

  /**
   * For a stream that goes on with a text.
   *
   * @param before tokens of that text, which is not part of the stream's
   */
  public IncrementalDecoder(Tokenizer tokenizer, boolean skipSpecialTokens, int[] before) {
    this.tokenizer = tokenizer;
    this.skipSpecialTokens = skipSpecialTokens;
    for (int tokenId : tokenizer.shownEnd(before, skipSpecialTokens)) {
      add(tokenId);
    }
    this.settled = size;
  }

  private void add(int tokenId) {
    if (size == tokenIds.length) {
      tokenIds = Arrays.copyOf(tokenIds, 2 * size);
    }
    tokenIds[size++] = tokenId;
  }

  /** The text that a token makes certain; empty while a character's bytes are incomplete. */
  public String next(int tokenId) {
    add(tokenId);
    String before = decode(windowStart, settled);
    String now = decode(windowStart, size);
    if (now.length() <= before.length() || now.endsWith(INCOMPLETE)) {
      return "";
    }
    windowStart = settled;
    settled = size;
    return now.substring(before.length());
  }

  /** Whether tokens have come whose text is not certain yet. */
  public boolean pending() {
    return settled < size;
  }

  /** What is left at the end, with U+FFFD for an unfinished character. */
  public String finish() {
    String before = decode(windowStart, settled);
    String now = decode(windowStart, size);
    windowStart = size;
    settled = size;
    return now.substring(Math.min(before.length(), now.length()));
  }

  private String decode(int from, int until) {
    return from == until
        ? ""
        : tokenizer.decode(Arrays.copyOfRange(tokenIds, from, until), skipSpecialTokens);
  }
}
