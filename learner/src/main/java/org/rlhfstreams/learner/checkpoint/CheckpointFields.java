package org.rlhfstreams.learner.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Required fields of a JSON object in a checkpoint. One that is missing or of another type is an
 * error that names the file, the field and what to do.
 */
final class CheckpointFields {
  private final Path file;
  private final String prefix;
  private final JsonNode json;

  CheckpointFields(Path file, JsonNode json) {
    this(file, "", json);
  }

  private CheckpointFields(Path file, String prefix, JsonNode json) {
    this.file = file;
    this.prefix = prefix;
    this.json = json;
  }

  boolean has(String name) {
    return json.has(name);
  }

  CheckpointFields object(String name) {
    String wanted = "an object";
    JsonNode node = required(name, wanted);
    require(node.isObject(), name, wanted);
    return new CheckpointFields(file, prefix + name + ".", node);
  }

  String text(String name) {
    String wanted = "a text";
    JsonNode node = required(name, wanted);
    require(node.isTextual(), name, wanted);
    return node.textValue();
  }

  long integer(String name) {
    String wanted = "an integer";
    JsonNode node = required(name, wanted);
    require(isInteger(node), name, wanted);
    return node.longValue();
  }

  int smallInteger(String name) {
    String wanted = "an integer of 32 bits";
    JsonNode node = required(name, wanted);
    require(isInteger(node) && node.canConvertToInt(), name, wanted);
    return node.intValue();
  }

  List<Long> integers(String name) {
    String wanted = "a list of integers";
    JsonNode node = required(name, wanted);
    require(node.isArray(), name, wanted);
    List<Long> values = new ArrayList<>();
    for (JsonNode element : node) {
      require(isInteger(element), name, wanted);
      values.add(element.longValue());
    }
    return values;
  }

  List<CheckpointFields> objects(String name) {
    String wanted = "a list of objects";
    JsonNode node = required(name, wanted);
    require(node.isArray(), name, wanted);
    List<CheckpointFields> objects = new ArrayList<>();
    for (JsonNode element : node) {
      require(element.isObject(), name, wanted);
      objects.add(new CheckpointFields(file, prefix + name + "[" + objects.size() + "].", element));
    }
    return objects;
  }

  double real(String name) {
    String wanted = "a number";
    JsonNode node = required(name, wanted);
    // JSON has no NaN and no infinities: they are written as text.
    boolean special =
        node.isTextual() && List.of("NaN", "Infinity", "-Infinity").contains(node.textValue());
    require(node.isNumber() || special, name, wanted);
    return special ? Double.parseDouble(node.textValue()) : node.doubleValue();
  }

  /** All fields of this object, which are numbers. */
  Map<String, Double> reals() {
    Map<String, Double> values = new HashMap<>();
    json.fieldNames().forEachRemaining(name -> values.put(name, real(name)));
    return values;
  }

  private static boolean isInteger(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong();
  }

  private JsonNode required(String name, String wanted) {
    JsonNode node = json.get(name);
    if (node == null) {
      throw damaged("field %s is missing (%s)".formatted(prefix + name, wanted));
    }
    return node;
  }

  private void require(boolean condition, String name, String wanted) {
    if (!condition) {
      throw invalid(name, wanted);
    }
  }

  /** The error that a field is not what it has to be. */
  CheckpointException invalid(String name, String wanted) {
    return damaged(
        "field %s is %s, but has to be %s".formatted(prefix + name, json.get(name), wanted));
  }

  private CheckpointException damaged(String problem) {
    return new CheckpointException(
        ("%s: %s. The checkpoint is damaged: remove %s to continue from the one before it, or start a"
                + " new run with an empty learner.checkpoint-directory")
            .formatted(file, problem, file.getParent()));
  }
}
