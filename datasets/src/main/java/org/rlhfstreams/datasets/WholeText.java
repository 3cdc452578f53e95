package org.rlhfstreams.datasets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;

/**
 * The rule that a text has whole characters. Half of one cannot be encoded: it would become a
 * question mark in the log.
 */
final class WholeText {
  private WholeText() {}

  /**
   * Checks all texts of a row, names of columns too.
   *
   * @throws BadRowException naming the column
   */
  static void require(ObjectNode columns) throws BadRowException {
    for (Map.Entry<String, JsonNode> column : columns.properties()) {
      require("the name of a column", column.getKey());
      require(column.getKey(), column.getValue());
    }
  }

  private static void require(String column, JsonNode value) throws BadRowException {
    if (value.isTextual()) {
      require(column, value.textValue());
    } else if (value.isObject()) {
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        require(column, field.getKey());
        require(column, field.getValue());
      }
    } else if (value.isArray()) {
      for (JsonNode element : value) {
        require(column, element);
      }
    }
  }

  private static void require(String column, String text) throws BadRowException {
    int lone = lone(text, 0);
    if (lone < 0) {
      return;
    }
    if (EscapingReader.escapes(text.charAt(lone))) {
      throw notUtf8(column, text.charAt(lone));
    }
    throw new BadRowException(
        "half a character",
        String.format(
            Locale.ROOT,
            "%s has half of a character (\\u%04x alone): write both halves of its pair, or leave it"
                + " out",
            column,
            (int) text.charAt(lone)));
  }

  /**
   * Checks a text that has not been taken apart yet.
   *
   * @throws BadRowException if it has bytes that could not be decoded
   */
  static void requireDecoded(String text) throws BadRowException {
    int lone = lone(text, 0);
    if (lone >= 0) {
      throw notUtf8("it", text.charAt(lone));
    }
  }

  private static BadRowException notUtf8(String where, char escape) {
    return new BadRowException(
        "invalid UTF-8",
        String.format(
            Locale.ROOT,
            "%s has bytes that are not UTF-8 (%02X): save the file as UTF-8",
            where,
            escape & 0xFF));
  }

  /** Whether a text has whole characters only. */
  static boolean isWhole(String text) {
    return lone(text, 0) < 0;
  }

  /** For messages: a replacement character for what is not one. */
  static String shown(String text) {
    int lone = lone(text, 0);
    if (lone < 0) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text);
    for (; lone >= 0; lone = lone(text, lone + 1)) {
      shown.setCharAt(lone, '\uFFFD');
    }
    return shown.toString();
  }

  /** Place of the next surrogate without its other half; -1 if there is none. */
  private static int lone(String text, int from) {
    int i = from;
    while (i < text.length()) {
      char character = text.charAt(i);
      if (Character.isSurrogate(character)) {
        boolean pair =
            Character.isHighSurrogate(character)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return i;
        }
        i++;
      }
      i++;
    }
    return -1;
  }
}
