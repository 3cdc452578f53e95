package org.rlhfstreams.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The bytes that each token adds to a text, before any of the text's own first spaces is stripped:
 * a token may be a part of a character, which no text can show. Special tokens add none.
 */
final class TokenBytes {
  private static final byte[] NONE = {};
  private static final Map<Character, Byte> BYTE_OF_CHARACTER = byteOfCharacter();

  private final Map<Integer, byte[]> bytes = new HashMap<>();
  private final boolean byteLevel;
  private final boolean byteFallback;
  private final List<String> spaces = new ArrayList<>();

  /**
   * @param tokenizer the content of {@code tokenizer.json}
   */
  TokenBytes(JsonNode tokenizer) {
    List<JsonNode> decoders = new ArrayList<>();
    flatten(tokenizer.path("decoder"), decoders);
    this.byteLevel = has(decoders, "ByteLevel");
    this.byteFallback = has(decoders, "ByteFallback");
    for (JsonNode decoder : decoders) {
      JsonNode replaced = decoder.path("pattern").path("String");
      if (decoder.path("content").asText().equals(" ") && replaced.isTextual()) {
        spaces.add(replaced.asText());
      } else if (decoder.path("replacement").isTextual()) {
        spaces.add(decoder.path("replacement").asText());
      }
    }
    JsonNode vocabulary = tokenizer.path("model").path("vocab");
    for (int id = 0; id < vocabulary.size() && vocabulary.isArray(); id++) {
      bytes.put(id, decoded(vocabulary.get(id).path(0).asText())); // unigram: by id
    }
    for (Map.Entry<String, JsonNode> token : vocabulary.properties()) {
      bytes.put(token.getValue().asInt(), decoded(token.getKey()));
    }
    for (JsonNode added : tokenizer.path("added_tokens")) {
      boolean special = added.path("special").asBoolean();
      bytes.put(added.path("id").asInt(), special ? NONE : decoded(added.path("content").asText()));
    }
  }

  /** A token's bytes; none if it is special or unknown. */
  byte[] of(int tokenId) {
    return bytes.getOrDefault(tokenId, NONE).clone();
  }

  private static void flatten(JsonNode decoder, List<JsonNode> into) {
    into.add(decoder);
    decoder.path("decoders").forEach(inner -> flatten(inner, into));
  }

  private static boolean has(List<JsonNode> decoders, String type) {
    return decoders.stream().anyMatch(decoder -> decoder.path("type").asText().equals(type));
  }

  private byte[] decoded(String token) {
    if (byteLevel) {
      return ofCharacters(token);
    }
    if (byteFallback && token.matches("<0x[0-9A-Fa-f]{2}>")) {
      return new byte[] {(byte) Integer.parseInt(token.substring(3, 5), 16)};
    }
    String text = token;
    for (String space : spaces) {
      text = text.replace(space, " ");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A token with a character that stands for no byte is written as it is. */
  private static byte[] ofCharacters(String token) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < token.length(); i++) {
      Byte value = BYTE_OF_CHARACTER.get(token.charAt(i));
      if (value == null) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes.write(value);
    }
    return bytes.toByteArray();
  }

  /** GPT-2's table: printable bytes stand for themselves, the others for characters from 256 on. */
  private static Map<Character, Byte> byteOfCharacter() {
    Map<Character, Byte> table = new HashMap<>();
    int next = 256;
    for (int value = 0; value < 256; value++) {
      boolean printable =
          (value >= '!' && value <= '~')
              || (value >= 0xA1 && value <= 0xAC)
              || (value >= 0xAE && value <= 0xFF);
      table.put((char) (printable ? value : next++), (byte) value);
    }
    return table;
  }
}
