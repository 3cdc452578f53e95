package org.rlhfstreams.model.text;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.util.Arrays;

/**
 * Tokens of a conversation, and which of them are the assistant's own.
 *
 * @param ids [time]
 * @param assistant whether the assistant says a token, [time]
 */
public record MarkedTokens(int[] ids, boolean[] assistant) {
  /**
   * Marks tokens by the characters that they are of, as transformers' {@code
   * return_assistant_tokens_mask} does: from the token of a part's first character to that of its
   * last, or to the end where no token has the last character.
   *
   * @param spans characters of each token, in code points; null of a token that has none
   */
  static MarkedTokens of(int[] ids, CharSpan[] spans, MarkedText text) {
    boolean[] assistant = new boolean[ids.length];
    for (MarkedText.Part part : text.assistant()) {
      int first = token(spans, part.start());
      if (first < 0) {
        break;
      }
      int last = token(spans, part.end() - 1);
      int until = last > 0 ? last + 1 : ids.length;
      Arrays.fill(assistant, first, Math.max(first, until), true);
    }
    return new MarkedTokens(ids, assistant);
  }

  private static int token(CharSpan[] spans, int character) {
    for (int i = 0; i < spans.length; i++) {
      if (spans[i] != null && spans[i].getStart() <= character && character < spans[i].getEnd()) {
        return i;
      }
    }
    return -1;
  }
}
