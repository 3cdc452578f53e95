package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.rlhfstreams.events.ChatMessage;

/** One response to a prompt: to imitate, or with a label that says whether it was wanted. */
final class CompletionShape implements PreferenceShape {
  @Override
  public String name() {
    return "responses (prompt, completion, and label where they are judged)";
  }

  @Override
  public boolean fits(Set<String> columns) {
    return Prompts.present(columns) && columns.contains("completion");
  }

  @Override
  public boolean reads(String column, Set<String> columns) {
    return List.of("completion", "label").contains(column)
        || Prompts.reads(columns, column)
        || TemplateColumns.reads(column);
  }

  @Override
  public Content content(DataRow row) throws BadRowException {
    Content content =
        Conversations.is(row.value("completion"))
            ? ofConversations(row)
            : Content.after(row, row.text("completion"), null);
    return row.filled("label") ? content.withLabel(label(row.value("label"))) : content;
  }

  private static Content ofConversations(DataRow row) throws BadRowException {
    List<ChatMessage> completion =
        Conversations.answer("completion", Conversations.read(row, "completion"), 0);
    if (Prompts.conversation(row)) {
      return Content.of(Prompts.messages(row), completion, null);
    }
    return completion.size() == 1 && completion.get(0).getFields() == null
        ? Content.of(Prompts.text(row), completion.get(0).getContent(), null)
        : Content.of(List.of(new ChatMessage("user", Prompts.text(row), null)), completion, null);
  }

  private static boolean label(JsonNode value) throws BadRowException {
    String text = value.asText("").strip().toLowerCase(Locale.ROOT);
    if (List.of("true", "1", "1.0").contains(text)) {
      return true;
    }
    if (List.of("false", "0", "0.0").contains(text)) {
      return false;
    }
    throw new BadRowException("wrong type", "label is %s: make it true or false".formatted(value));
  }
}
