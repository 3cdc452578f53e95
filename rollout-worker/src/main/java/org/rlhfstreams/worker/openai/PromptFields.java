package org.rlhfstreams.worker.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.model.completion.CompletionPrompt;
import org.rlhfstreams.model.text.ChatMessage;
import org.rlhfstreams.model.text.MessageReader;

/** The fields that say what is to be continued or answered. */
final class PromptFields {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String PROMPT = "prompt";
  private static final String MESSAGES = "messages";
  private static final String KINDS =
      "a string, a list of strings, a list of token ids, or a list of such lists";

  private PromptFields() {}

  /** The prompts of a completion. */
  static List<CompletionPrompt> prompts(RequestFields fields) {
    JsonNode prompt =
        fields
            .find(PROMPT)
            .orElseThrow(() -> ApiException.badRequest(PROMPT, "prompt is missing: give " + KINDS));
    boolean one = prompt.isTextual() || prompt.path(0).isNumber();
    List<CompletionPrompt> prompts = new ArrayList<>();
    for (JsonNode element : one ? List.of(prompt) : prompt) {
      prompts.add(
          element.isTextual()
              ? CompletionPrompt.of(element.asText())
              : CompletionPrompt.of(tokenIds(element, prompt)));
    }
    RequestFields.require(!prompts.isEmpty(), PROMPT, KINDS, prompt);
    return prompts;
  }

  private static int[] tokenIds(JsonNode list, JsonNode prompt) {
    RequestFields.require(list.isArray() && !list.isEmpty(), PROMPT, KINDS, prompt);
    int[] tokenIds = new int[list.size()];
    for (int i = 0; i < tokenIds.length; i++) {
      JsonNode id = list.get(i);
      RequestFields.require(
          id.isIntegralNumber() && id.canConvertToInt(), PROMPT, "token ids, whole numbers", id);
      tokenIds[i] = id.asInt();
    }
    return tokenIds;
  }

  /** The conversation of a chat. */
  static CompletionPrompt conversation(RequestFields fields) {
    JsonNode messages =
        fields
            .find(MESSAGES)
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        MESSAGES, "messages is missing: give a list of messages"));
    RequestFields.require(
        messages.isArray() && !messages.isEmpty(), MESSAGES, "a list of messages", messages);
    List<ChatMessage> read = new ArrayList<>();
    for (JsonNode message : messages) {
      RequestFields.require(
          message.isObject() && message.path("role").isTextual(),
          MESSAGES,
          "messages that are objects with a role",
          message);
      try {
        read.add(MessageReader.read(message));
      } catch (IllegalArgumentException e) {
        throw ApiException.badRequest(MESSAGES, e.getMessage());
      }
    }
    return new CompletionPrompt.Conversation(read, tools(fields));
  }

  @SuppressWarnings("unchecked") // an object's keys are texts
  private static List<Map<String, Object>> tools(RequestFields fields) {
    Optional<JsonNode> found = fields.find("tools");
    List<Map<String, Object>> tools = new ArrayList<>();
    if (found.isPresent()) {
      RequestFields.require(found.get().isArray(), "tools", "a list of objects", found.get());
      for (JsonNode tool : found.get()) {
        RequestFields.require(tool.isObject(), "tools", "a list of objects", found.get());
        tools.add(MAPPER.convertValue(tool, Map.class));
      }
    }
    return tools;
  }
}
