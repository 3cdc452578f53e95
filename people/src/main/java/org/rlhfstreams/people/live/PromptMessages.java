package org.rlhfstreams.people.live;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.rlhfstreams.events.ChatMessage;

/** Prompts that are conversations, as people and their tools are shown them. */
public final class PromptMessages {
  private static final String ROLE = "role";
  private static final String CONTENT = "content";
  private static final String CALLS = "tool_calls";

  private PromptMessages() {}

  /** Each message as an object with role, content and what else it has. */
  public static JsonArray json(List<ChatMessage> messages) {
    JsonArray array = new JsonArray();
    messages.forEach(message -> array.add(json(message)));
    return array;
  }

  private static JsonObject json(ChatMessage message) {
    JsonObject json = fields(message);
    json.put(ROLE, message.getRole());
    json.put(CONTENT, message.getContent());
    return json;
  }

  private static JsonObject fields(ChatMessage message) {
    try {
      return message.getFields() == null ? new JsonObject() : new JsonObject(message.getFields());
    } catch (DecodeException e) {
      return new JsonObject().put("fields", message.getFields());
    }
  }

  /**
   * The prompt for those who show texts alone.
   *
   * @param text as a model reads it, shown if it is no conversation
   */
  public static String transcript(String text, List<ChatMessage> messages) {
    return messages.isEmpty()
        ? text
        : messages.stream().map(PromptMessages::turn).collect(Collectors.joining("\n\n"));
  }

  /** Who speaks, what they say, then what else the message has. */
  private static String turn(ChatMessage message) {
    JsonObject json = json(message);
    StringBuilder turn = new StringBuilder(named(message.getRole())).append(':');
    if (!message.getContent().isEmpty()) {
      turn.append('\n').append(message.getContent());
    }
    for (Map.Entry<String, Object> field : json) {
      String name = field.getKey();
      if (name.equals(CALLS) && field.getValue() instanceof JsonArray calls) {
        calls.forEach(call -> turn.append("\n[calls ").append(call(call)).append(']'));
      } else if (!name.equals(ROLE) && !name.equals(CONTENT) && field.getValue() != null) {
        turn.append("\n[").append(name).append(": ").append(field.getValue()).append(']');
      }
    }
    return turn.toString();
  }

  private static String named(String role) {
    return role.isEmpty()
        ? role
        : role.substring(0, 1).toUpperCase(Locale.ROOT) + role.substring(1);
  }

  private static String call(Object call) {
    return call instanceof JsonObject json
            && json.getValue("function") instanceof JsonObject function
            && function.getValue("name") instanceof String name
        ? name + " " + function.getValue("arguments", "")
        : String.valueOf(call);
  }
}
