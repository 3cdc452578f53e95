package org.rlhfstreams.people.integrations;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.ChatMessage;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.Preference;
import org.rlhfstreams.people.live.PromptMessages;

/**
 * A prompt and two responses as annotation tools carry them.
 *
 * @param prompt as it is shown
 * @param messages of a prompt that is a conversation, which comes back with it; else empty
 * @param templateVariables what the chat template saw besides them
 * @param comparisonId our question, if they come from one
 */
record ComparedPair(
    String prompt,
    List<ChatMessage> messages,
    Optional<String> templateVariables,
    String first,
    String second,
    Optional<String> comparisonId) {
  private static final int LONGEST_ID = 512;
  private static final String MESSAGES = "messages";
  private static final String VARIABLES = "templateVariables";

  static ComparedPair of(Comparison comparison) {
    return new ComparedPair(
        PromptMessages.transcript(comparison.getPromptText(), comparison.getPromptMessages()),
        comparison.getPromptMessages(),
        Optional.ofNullable(comparison.getPromptTemplateVariables()),
        comparison.getFirst().getText(),
        comparison.getSecond().getText(),
        Optional.of(comparison.getComparisonId()));
  }

  /** For tools that give back what they show and nothing else: the prompt as a model reads it. */
  static ComparedPair plain(Comparison comparison) {
    return new ComparedPair(
        comparison.getPromptText(),
        List.of(),
        Optional.empty(),
        comparison.getFirst().getText(),
        comparison.getSecond().getText(),
        Optional.of(comparison.getComparisonId()));
  }

  /**
   * Reads what {@link #json} has written, back from a tool.
   *
   * @param path of the fields, for messages
   */
  static ComparedPair read(JsonObject fields, String path, Optional<String> comparisonId) {
    ComparedPair pair =
        new ComparedPair(
            Members.text(fields, "prompt", path + ".prompt"),
            fields.getValue(MESSAGES) instanceof JsonArray messages
                ? read(messages, path + "." + MESSAGES)
                : List.of(),
            Optional.ofNullable(fields.getValue(VARIABLES))
                .map(any -> Members.text(fields, VARIABLES, path + "." + VARIABLES)),
            Members.text(fields, "first", path + ".first"),
            Members.text(fields, "second", path + ".second"),
            comparisonId);
    if (pair.first().equals(pair.second())) {
      throw Members.wrong(path + ".second", "another response than the first");
    }
    return pair;
  }

  /** The id of our question that a tool has kept for us, if it has one. */
  static Optional<String> comparisonId(JsonObject holder, String name) {
    return holder.getValue(name) instanceof String id && !id.isEmpty() && id.length() <= LONGEST_ID
        ? Optional.of(id)
        : Optional.empty();
  }

  /** For tools that take members which they do not show, and give them back. */
  JsonObject json() {
    JsonObject json =
        new JsonObject().put("prompt", prompt).put("first", first).put("second", second);
    if (!messages.isEmpty()) {
      json.put(MESSAGES, PromptMessages.json(messages));
    }
    templateVariables.ifPresent(variables -> json.put(VARIABLES, variables));
    return json;
  }

  /**
   * The preference of who chose.
   *
   * @param choice first or second
   */
  Preference preference(String id, Choice choice, String source, String annotator, Instant now) {
    boolean isFirst = choice == Choice.FIRST;
    return Preference.newBuilder()
        .setPreferenceId(id)
        .setPrompt(messages.isEmpty() ? prompt : "")
        .setMessages(messages)
        .setTemplateVariables(messages.isEmpty() ? null : templateVariables.orElse(null))
        .setChosen(isFirst ? first : second)
        .setRejected(isFirst ? second : first)
        .setSource(source)
        .setComparisonId(comparisonId.orElse(null))
        .setAnnotators(List.of(annotator))
        .setCreatedAt(now)
        .build();
  }

  /** Reads what {@link PromptMessages#json} has written. */
  private static List<ChatMessage> read(JsonArray array, String path) {
    List<ChatMessage> messages = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      String at = path + "." + i;
      JsonObject message = Members.element(array, i, at);
      String role = Members.name(message, "role", at + ".role");
      String content = Members.text(message, "content", at + ".content");
      messages.add(new ChatMessage(role, content, message.size() > 2 ? message.encode() : null));
    }
    return messages;
  }
}
