package org.rlhfstreams.worker.openai;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.rlhfstreams.model.text.IncrementalDecoder;
import org.rlhfstreams.model.text.Tokenizer;

/** The tokens of one completion, in the order in which they were drawn: names, bytes and places. */
final class AnswerTokens {
  private final Tokenizer tokenizer;
  private final Set<Integer> stopTokens;
  private final IncrementalDecoder decoder;
  private int characters;
  private boolean begun;

  /**
   * @param stopTokens which end the text without being part of it
   * @param promptTokenIds what the completion goes on from
   */
  AnswerTokens(Tokenizer tokenizer, Set<Integer> stopTokens, int[] promptTokenIds) {
    this.tokenizer = tokenizer;
    this.stopTokens = stopTokens;
    this.decoder = new IncrementalDecoder(tokenizer, true, promptTokenIds);
  }

  /**
   * The next tokens.
   *
   * @param tokenIds all that are left, or up to one that makes text certain
   */
  List<AnswerToken> next(int[] tokenIds) {
    List<String> texts = new ArrayList<>();
    int last = -1;
    for (int i = 0; i < tokenIds.length; i++) {
      boolean stop = stopTokens.contains(tokenIds[i]);
      texts.add(stop ? "" : decoder.next(tokenIds[i]));
      last = stop ? last : i;
    }
    if (decoder.pending() && last >= 0) {
      texts.set(last, texts.get(last) + decoder.finish()); // a character that stays incomplete
    }
    List<AnswerToken> tokens = new ArrayList<>();
    for (int i = 0; i < tokenIds.length; i++) {
      byte[] bytes =
          stopTokens.contains(tokenIds[i])
              ? new byte[0]
              : stripped(tokenizer.bytes(tokenIds[i]), texts.get(i));
      String special = bytes.length == 0 ? tokenizer.decode(new int[] {tokenIds[i]}, false) : null;
      tokens.add(new AnswerToken(special, texts.get(i), bytes, characters));
      characters += texts.get(i).codePointCount(0, texts.get(i).length());
    }
    return tokens;
  }

  /** Without the space that a decoder strips from the beginning of a text. */
  private byte[] stripped(byte[] bytes, String text) {
    boolean first = !begun && bytes.length > 0;
    begun |= first;
    return first && bytes[0] == ' ' && !text.isEmpty() && !text.startsWith(" ")
        ? Arrays.copyOfRange(bytes, 1, bytes.length)
        : bytes;
  }
}
