package org.rlhfstreams.model.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The rule that a template finds a message's reasoning under the name that it reads, whatever the
 * data set calls it, as in transformers.
 */
final class ReasoningFields {
  private static final String USUAL = "reasoning_content";
  private static final String OF_GPT_OSS = "thinking";

  /** From the one that goes before the others. */
  private static final List<String> NAMES = List.of(USUAL, OF_GPT_OSS, "reasoning");

  private ReasoningFields() {}

  /** The fields of a message, its reasoning under each name that templates read. */
  static Map<String, Object> under(ChatMessage message) {
    Map<String, Object> fields = message.fields();
    return NAMES.stream()
        .map(fields::get)
        .filter(Objects::nonNull)
        .findFirst()
        .map(
            reasoning -> {
              Map<String, Object> named = new LinkedHashMap<>();
              named.put(OF_GPT_OSS, reasoning);
              named.putAll(fields);
              named.put(USUAL, reasoning);
              return named;
            })
        .orElse(fields);
  }
}
