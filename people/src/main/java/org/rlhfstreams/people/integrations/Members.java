package org.rlhfstreams.people.integrations;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.schemas.ToolTime;

/** Reads what others send, each member by its path, and says which is not as it should be. */
final class Members {
  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_TEXT = 200_000;

  private Members() {}

  static JsonObject object(JsonObject from, String name, String path) {
    if (from.getValue(name) instanceof JsonObject object) {
      return object;
    }
    throw wrong(path, "an object");
  }

  static JsonArray array(JsonObject from, String name, String path) {
    if (from.getValue(name) instanceof JsonArray array) {
      return array;
    }
    throw wrong(path, "a list");
  }

  /** An object in a list. */
  static JsonObject element(JsonArray from, int index, String path) {
    if (index < from.size() && from.getValue(index) instanceof JsonObject object) {
      return object;
    }
    throw wrong(path, "an object");
  }

  static String text(JsonObject from, String name, String path) {
    if (from.getValue(name) instanceof String text && text.length() <= LONGEST_TEXT) {
      return text;
    }
    if (from.getValue(name) == null) {
      throw ProblemException.at(path, 400, "Not in order", path + " is missing");
    }
    throw wrong(path, "a text of at most " + LONGEST_TEXT + " characters");
  }

  /** A short text or a number, as ids and names of people are. */
  static String name(JsonObject from, String name, String path) {
    Object value = from.getValue(name);
    if (value instanceof Integer || value instanceof Long) {
      return value.toString();
    }
    if (value instanceof String text && !text.isEmpty() && text.length() <= LONGEST_NAME) {
      return text;
    }
    throw wrong(path, "a short text or a number");
  }

  /** A time, which orders the revisions of an annotation. */
  static Instant time(JsonObject from, String name, String path) {
    return ToolTime.parse(name(from, name, path))
        .orElseThrow(() -> wrong(path, "a time such as 2026-01-31T12:00:00Z"));
  }

  static ProblemException wrong(String path, String expected) {
    return ProblemException.at(path, 400, "Not in order", "expected " + expected);
  }
}
