package org.rlhfstreams.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The special tokens that {@code tokenizer_config.json} names, for templates to print. */
final class SpecialTokens {
  private static final List<String> SINGLE =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");
  private static final String ADDITIONAL = "additional_special_tokens";

  private SpecialTokens() {}

  /** Those that have a value; transformers leaves the others undefined too. */
  static Map<String, Object> named(JsonNode configuration) {
    Map<String, Object> tokens = new LinkedHashMap<>();
    for (String name : SINGLE) {
      String text = text(configuration.path(name));
      if (text != null) {
        tokens.put(name, text);
      }
    }
    List<String> additional = new ArrayList<>();
    for (JsonNode token : configuration.path(ADDITIONAL)) {
      String text = text(token);
      if (text != null) {
        additional.add(text);
      }
    }
    if (!additional.isEmpty()) {
      tokens.put(ADDITIONAL, additional);
    }
    return tokens;
  }

  /** A token's text, which may stand in an object; null where there is none. */
  static String text(JsonNode token) {
    JsonNode text = token.isObject() ? token.path("content") : token;
    return text.isTextual() ? text.asText() : null;
  }
}
