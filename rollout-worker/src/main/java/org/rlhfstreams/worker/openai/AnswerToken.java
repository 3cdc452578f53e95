package org.rlhfstreams.worker.openai;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A drawn token as answers list it.
 *
 * @param special name of a token that is no part of the text; null for others
 * @param text that it makes certain: empty while a character is incomplete
 * @param bytes that it adds to the text; those of all tokens, put together, are the text
 * @param offset characters of the text before it
 */
record AnswerToken(String special, String text, byte[] bytes, int offset) {
  /** Its text, or, if it is a part of a character, its bytes written out, as OpenAI names them. */
  String name() {
    if (special != null) {
      return special;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      StringBuilder name = new StringBuilder();
      for (byte value : bytes) {
        name.append(String.format(Locale.ROOT, "\\x%02x", value & 0xFF));
      }
      return name.toString();
    }
  }

  /** What a list of texts shows of it. */
  String shown() {
    return special == null ? text : special;
  }
}
