package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.rlhfstreams.common.ExplainedException;

/**
 * One row to work on.
 *
 * @param place where it stands
 * @param json its columns by name
 */
public record InputRow(Place place, ObjectNode json) {
  /** A failure that names the file and the line or row. */
  public ExplainedException bad(String problem) {
    return new ExplainedException(place.described() + ": " + problem);
  }

  /** A field, unless it is missing or null. */
  public Optional<JsonNode> field(String name) {
    return json.hasNonNull(name) ? Optional.of(json.get(name)) : Optional.empty();
  }

  /**
   * A field that is a text, where there is one.
   *
   * @throws ExplainedException if it is something else
   */
  public Optional<String> text(String name) {
    Optional<JsonNode> field = field(name);
    if (field.isPresent() && !field.get().isTextual()) {
      throw bad(name + " is " + field.get().getNodeType() + ": make it a string");
    }
    return field.map(JsonNode::asText);
  }

  /**
   * A field that is a list, if there is one; a cell of a CSV has its JSON.
   *
   * @throws ExplainedException if it is something else
   */
  public Optional<JsonNode> list(String name) {
    if (field(name).isEmpty() || isBlank(json.get(name))) {
      return Optional.empty();
    }
    try {
      return Optional.of(DataRow.of(place, json).list(name));
    } catch (BadRowException e) {
      throw bad(e.getMessage());
    }
  }

  /**
   * The conversation to go on with, if there is one: {@code messages}, {@code conversations}, or a
   * {@code prompt} that is a list. Messages of ShareGPT's form get a role and a content.
   *
   * @throws ExplainedException if it is something else
   */
  public Optional<JsonNode> messages() {
    String column =
        json.path("prompt").isArray()
            ? "prompt"
            : json.hasNonNull("messages") ? "messages" : "conversations";
    return list(column).map(messages -> withRoles(column, messages));
  }

  private ArrayNode withRoles(String column, JsonNode messages) {
    ArrayNode all = json.arrayNode();
    for (JsonNode message : messages) {
      JsonNode from = message.path("from");
      if (message instanceof ObjectNode object && !object.has("role") && from.isTextual()) {
        ObjectNode named = object.deepCopy();
        named.remove("from");
        try {
          named.put("role", ShareGptRoles.of(column, from.asText()));
        } catch (BadRowException e) {
          throw bad(e.getMessage());
        }
        named.set("content", named.has("content") ? named.get("content") : named.remove("value"));
        all.add(named);
      } else {
        all.add(message);
      }
    }
    return all;
  }

  /**
   * What a chat template sees besides the messages, as a JSON object: {@code tools}, and the row's
   * {@code chat_template_kwargs}; each may be JSON in a text.
   *
   * @throws ExplainedException if a field holds something else
   */
  public Optional<String> templateVariables() {
    try {
      return Optional.ofNullable(TemplateColumns.read(DataRow.of(place, json)));
    } catch (BadRowException e) {
      throw bad(e.getMessage());
    }
  }

  private static boolean isBlank(JsonNode value) {
    return value.isTextual() && value.asText().isBlank();
  }

  /**
   * A field that is a list of token ids, if there is one.
   *
   * @throws ExplainedException if it is something else
   */
  public Optional<int[]> tokenIds(String name) {
    return list(name).map(value -> tokenIds(name, value));
  }

  private int[] tokenIds(String name, JsonNode value) {
    int[] tokenIds = new int[value.size()];
    for (int i = 0; i < tokenIds.length; i++) {
      if (!value.get(i).isIntegralNumber() || !value.get(i).canConvertToInt()) {
        throw bad(
            String.format(
                Locale.ROOT,
                "%s holds %s at index %d: make it a list of token ids, whole numbers",
                name,
                value.get(i),
                i));
      }
      tokenIds[i] = value.get(i).asInt();
    }
    return tokenIds;
  }

  /** What fields there are, for messages. */
  public String fieldNames() {
    return json.isEmpty()
        ? "no fields"
        : json.properties().stream().map(Map.Entry::getKey).collect(Collectors.joining(", "));
  }
}
