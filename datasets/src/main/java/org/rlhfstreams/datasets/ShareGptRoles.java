package org.rlhfstreams.datasets;

import java.util.Locale;
import java.util.Map;

/** The rule who speaks in conversations of ShareGPT's form, whose messages say {@code from}. */
final class ShareGptRoles {
  private static final Map<String, String> ROLES =
      Map.ofEntries(
          Map.entry("human", "user"),
          Map.entry("user", "user"),
          Map.entry("gpt", "assistant"),
          Map.entry("chatgpt", "assistant"),
          Map.entry("bing", "assistant"),
          Map.entry("bard", "assistant"),
          Map.entry("claude", "assistant"),
          Map.entry("model", "assistant"),
          Map.entry("assistant", "assistant"),
          Map.entry("system", "system"),
          Map.entry("tool", "tool"),
          Map.entry("observation", "tool"));

  private ShareGptRoles() {}

  /**
   * The role of a chat template.
   *
   * @throws BadRowException naming a speaker that is not known
   */
  static String of(String column, String from) throws BadRowException {
    String role = ROLES.get(from.toLowerCase(Locale.ROOT));
    if (role == null) {
      throw new BadRowException(
          "unknown role",
          "%s has a message from %s: make it human, gpt, system or tool".formatted(column, from));
    }
    return role;
  }
}
