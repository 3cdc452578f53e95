package org.rlhfstreams.people.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.rlhfstreams.people.problems.ProblemException;

/**
 * The rule that texts are texts: no half of a character, which no encoding can keep, and no
 * character NUL. All others may come, for nothing here or on the pages takes text for markup.
 */
final class TextRule {
  private TextRule() {}

  /**
   * Checks each string of a value.
   *
   * @param path of the value, for the message
   * @throws ProblemException naming the field
   */
  static void check(String path, Object value) {
    if (value instanceof String text && !isText(text)) {
      throw ProblemException.at(
          path.isEmpty() ? "body" : path,
          400,
          "No text",
          "it has half of a character, or a character NUL");
    }
    if (value instanceof JsonObject object) {
      for (Map.Entry<String, Object> member : object) {
        String name = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
        if (!isText(member.getKey())) {
          check(path, member.getKey());
        }
        check(name, member.getValue());
      }
    }
    if (value instanceof JsonArray array) {
      for (int i = 0; i < array.size(); i++) {
        check(path + "." + i, array.getValue(i));
      }
    }
  }

  private static boolean isText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isLowSurrogate(c)) {
        return false;
      }
      if (Character.isHighSurrogate(c)) {
        i++;
        if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
          return false;
        }
      }
    }
    return true;
  }
}
