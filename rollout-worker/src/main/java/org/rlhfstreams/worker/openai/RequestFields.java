package org.rlhfstreams.worker.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The fields of a request. Each one that is read is known; one that nobody has read is refused at
 * the end, so that no wish is passed over in silence. A null is as good as no field.
 */
final class RequestFields {
  private final ObjectNode json;
  private final Set<String> known = new HashSet<>();

  RequestFields(ObjectNode json) {
    this.json = json;
  }

  Optional<JsonNode> find(String name) {
    known.add(name);
    return json.hasNonNull(name) ? Optional.of(json.get(name)) : Optional.empty();
  }

  Optional<String> text(String name) {
    return find(name)
        .map(
            value -> {
              require(value.isTextual(), name, "a string", value);
              return value.asText();
            });
  }

  boolean flag(String name) {
    return find(name)
        .map(
            value -> {
              require(value.isBoolean(), name, "true or false", value);
              return value.asBoolean();
            })
        .orElse(false);
  }

  OptionalLong wholeNumber(String name, long least, long most) {
    Optional<JsonNode> found = find(name);
    if (found.isEmpty()) {
      return OptionalLong.empty();
    }
    JsonNode value = found.get();
    boolean fits =
        value.isIntegralNumber()
            && value.canConvertToLong()
            && value.asLong() >= least
            && value.asLong() <= most;
    String range =
        most == Long.MAX_VALUE ? "of at least " + least : "from " + least + " to " + most;
    require(fits, name, "a whole number " + range, value);
    return OptionalLong.of(value.asLong());
  }

  double number(String name, double otherwise, Predicate<Double> fits, String expected) {
    Optional<JsonNode> found = find(name);
    found.ifPresent(
        value -> require(value.isNumber() && fits.test(value.asDouble()), name, expected, value));
    return found.map(JsonNode::asDouble).orElse(otherwise);
  }

  /** Knows fields that change nothing here. */
  void ignore(String... names) {
    known.addAll(Set.of(names));
  }

  /** Knows a field whose one accepted value asks for what happens anyway. */
  void neutral(String name, Predicate<JsonNode> neutral) {
    find(name)
        .ifPresent(
            value -> {
              if (!neutral.test(value)) {
                throw ApiException.badRequest(
                    name,
                    "%s = %s is not supported here, and the answer would not follow it: leave it out"
                        .formatted(name, shortened(value)));
              }
            });
  }

  /** Refuses what nobody has read. */
  void refuseUnknown() {
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (!known.contains(field.getKey()) && !field.getValue().isNull()) {
        throw ApiException.badRequest(
            field.getKey(),
            field.getKey()
                + " is not supported here, and the answer would not follow it: leave it out");
      }
    }
  }

  static void require(boolean good, String name, String expected, JsonNode value) {
    if (!good) {
      throw ApiException.badRequest(
          name, "%s is %s: expected %s".formatted(name, shortened(value), expected));
    }
  }

  private static String shortened(JsonNode value) {
    String text = value.toString();
    boolean fits = text.codePointCount(0, text.length()) <= 60;
    return fits ? text : text.substring(0, text.offsetByCodePoints(0, 60)) + "...";
  }
}
