package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.rlhfstreams.common.ExplainedException;

/**
 * One object of a JSONL file.
 *
 * @param number of the line, counted from 1
 * @param json an object
 */
public record JsonLine(Path file, int number, JsonNode json) {
  /** A failure that names the file and the line. */
  public ExplainedException bad(String problem) {
    return new ExplainedException(
        String.format(Locale.ROOT, "%s, line %d: %s", file, number, problem));
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
   * A field that is a list of token ids, where there is one.
   *
   * @throws ExplainedException if it is something else
   */
  public Optional<int[]> tokenIds(String name) {
    return field(name).map(value -> tokenIds(name, value));
  }

  private int[] tokenIds(String name, JsonNode value) {
    if (!value.isArray()) {
      throw bad(name + " is " + value.getNodeType() + ": make it a list of token ids");
    }
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
