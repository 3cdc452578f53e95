package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.rlhfstreams.events.ChatMessage;

/** Two responses, as texts or as conversations; the prompt apart, or what both begin with. */
final class PairShape implements PreferenceShape {
  @Override
  public String name() {
    return "pairs (chosen, rejected, and prompt or instruction where they do not begin with it)";
  }

  @Override
  public boolean fits(Set<String> columns) {
    return columns.contains("chosen") && columns.contains("rejected");
  }

  @Override
  public boolean reads(String column, Set<String> columns) {
    return List.of("chosen", "rejected", "margin").contains(column)
        || Prompts.reads(columns, column)
        || TemplateColumns.reads(column);
  }

  @Override
  public Content content(DataRow row) throws BadRowException {
    Content content =
        Conversations.is(row.value("chosen")) || Conversations.is(row.value("rejected"))
            ? ofConversations(row)
            : ofTexts(row);
    return row.filled("margin") ? content.withMargin(margin(row)) : content;
  }

  private static double margin(DataRow row) throws BadRowException {
    JsonNode value = row.value("margin");
    double margin = value.isNumber() || value.isTextual() ? value.asDouble(Double.NaN) : Double.NaN;
    if (!Float.isFinite((float) margin)) {
      throw new BadRowException(
          "margin not finite",
          "margin is %s: make it a number that a 32-bit float can hold".formatted(value));
    }
    return margin;
  }

  private static Content ofTexts(DataRow row) throws BadRowException {
    String chosen = row.text("chosen");
    String rejected = row.text("rejected");
    if (Prompts.known(row)) {
      return Content.after(row, chosen, rejected);
    }
    int shared = sharedPrefix(chosen, rejected);
    return Content.of(
        chosen.substring(0, shared), chosen.substring(shared), rejected.substring(shared));
  }

  /**
   * What both begin with, as TRL cuts it: between characters, without the space before the first
   * difference, and without its last character if one of them is all of it.
   */
  private static int sharedPrefix(String one, String other) {
    int shortest = Math.min(one.length(), other.length());
    int shared = 0;
    while (shared < shortest && one.charAt(shared) == other.charAt(shared)) {
      shared++;
    }
    if (shared > 0 && shared == shortest) {
      return one.offsetByCodePoints(shared, -1);
    }
    if (shared > 0 && Character.isHighSurrogate(one.charAt(shared - 1))) {
      shared--; // the second halves of two characters differ
    }
    return shared > 0 && one.charAt(shared - 1) == ' ' ? shared - 1 : shared;
  }

  private static Content ofConversations(DataRow row) throws BadRowException {
    List<ChatMessage> chosen = Conversations.read(row, "chosen");
    List<ChatMessage> rejected = Conversations.read(row, "rejected");
    if (row.value("prompt").isArray()) {
      return after(Prompts.messages(row), chosen, rejected, 0);
    }
    int shared = Conversations.shared(chosen, rejected);
    shared = Math.min(shared, Math.min(chosen.size(), rejected.size()) - 1);
    boolean asked = !Conversations.isAssistant(chosen.get(0));
    if (shared > 0 || asked) {
      return after(chosen.subList(0, shared), chosen, rejected, shared);
    }
    return Prompts.conversation(row)
        ? after(Prompts.messages(row), chosen, rejected, 0)
        : after(List.of(new ChatMessage("user", Prompts.text(row), null)), chosen, rejected, 0);
  }

  /**
   * Two conversations that go on from a prompt.
   *
   * @param shared how many of their first messages are part of the prompt
   */
  private static Content after(
      List<ChatMessage> prompt, List<ChatMessage> chosen, List<ChatMessage> rejected, int shared)
      throws BadRowException {
    return Content.of(
        prompt,
        Conversations.answer("chosen", chosen, shared),
        Conversations.answer("rejected", rejected, shared));
  }
}
