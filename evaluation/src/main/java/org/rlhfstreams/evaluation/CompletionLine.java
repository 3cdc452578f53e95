package org.rlhfstreams.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.rlhfstreams.common.ExplainedException;
import org.rlhfstreams.datasets.InputRow;
import org.rlhfstreams.model.completion.CompletionPrompt;
import org.rlhfstreams.model.completion.PromptEncoding;
import org.rlhfstreams.model.completion.PromptException;
import org.rlhfstreams.model.text.ChatMessage;
import org.rlhfstreams.model.text.MessageReader;
import org.rlhfstreams.model.text.TemplateVariables;

/**
 * A line to continue: {@code prompt}, {@code messages} (with {@code tools} and {@code
 * chat_template_kwargs}) or {@code ids}.
 */
public final class CompletionLine {
  private final InputRow line;
  private final boolean chat;

  /**
   * @param chat whether a {@code prompt} is a user's message
   */
  public CompletionLine(InputRow line, boolean chat) {
    this.line = line;
    this.chat = chat;
  }

  /**
   * What to continue.
   *
   * @throws ExplainedException naming file and line where that is not clear
   */
  public CompletionPrompt prompt() {
    Optional<JsonNode> messages = line.messages();
    Optional<String> text =
        line.json().path("prompt").isArray() ? Optional.empty() : line.text("prompt");
    Optional<int[]> tokenIds = line.tokenIds("ids");
    if (Stream.of(text, messages, tokenIds).filter(Optional::isPresent).count() != 1) {
      throw line.bad(
          "expected one of prompt (a string), messages (a list) and ids (a list of token ids); it"
              + " has "
              + line.fieldNames());
    }
    if (tokenIds.isPresent()) {
      return CompletionPrompt.of(tokenIds.get());
    }
    if (messages.isPresent()) {
      TemplateVariables variables = TemplateVariables.of(line.templateVariables().orElse(null));
      return new CompletionPrompt.Conversation(
          messages(messages.get()), variables.tools(), variables.others());
    }
    return chat
        ? CompletionPrompt.of(List.of(ChatMessage.of("user", text.get())))
        : CompletionPrompt.of(text.get());
  }

  /**
   * What to continue, as tokens.
   *
   * @throws ExplainedException naming file and line where it cannot be continued
   */
  public int[] encode(PromptEncoding prompts) {
    try {
      return prompts.encode(prompt());
    } catch (PromptException e) {
      throw line.bad(e.getMessage());
    }
  }

  private List<ChatMessage> messages(JsonNode messages) {
    List<ChatMessage> read = new ArrayList<>();
    for (JsonNode message : messages) {
      try {
        read.add(MessageReader.read(message));
      } catch (IllegalArgumentException e) {
        throw line.bad(e.getMessage() + "; give each message a role and a content");
      }
    }
    return read;
  }
}
