package org.rlhfstreams.model.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.rlhfstreams.model.ModelException;

/**
 * JSON as Python's {@code json.dumps(value, indent=2)} lays it out, with the numbers of the file
 * that was read: {@code 1e-05} stays {@code 1e-05}. Values are maps, lists, strings and {@link
 * Literal}.
 */
final class PythonJson {
  private PythonJson() {}

  /** A number, true, false or null, spelled as in the file. */
  record Literal(String text) {}

  /**
   * Reads a file that holds an object.
   *
   * @throws ModelException naming the file
   */
  static Map<String, Object> readObject(Path file) {
    try (JsonParser parser = JsonFiles.MAPPER.createParser(Files.readAllBytes(file))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new ModelException(file + " is not a JSON object");
      }
      return object(parser);
    } catch (JsonProcessingException e) {
      throw new ModelException(file + " is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ModelException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      object.put(name, value(parser));
    }
    return object;
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_STRING -> parser.getText();
      default -> new Literal(parser.getText());
    };
  }

  /** The text, with a line end behind it. */
  static byte[] write(Object value) {
    StringBuilder text = new StringBuilder();
    append(text, value, "\n");
    return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void append(StringBuilder text, Object value, String lineEnd) {
    if (value instanceof Map<?, ?> map) {
      appendAll(
          text,
          "{}",
          map.entrySet(),
          lineEnd,
          entry -> {
            appendString(text, (String) entry.getKey());
            text.append(": ");
            append(text, entry.getValue(), lineEnd + "  ");
          });
    } else if (value instanceof List<?> list) {
      appendAll(text, "[]", list, lineEnd, element -> append(text, element, lineEnd + "  "));
    } else if (value instanceof Literal literal) {
      text.append(literal.text());
    } else {
      appendString(text, (String) value);
    }
  }

  private static <T> void appendAll(
      StringBuilder text,
      String brackets,
      Iterable<T> elements,
      String lineEnd,
      Consumer<? super T> append) {
    Iterator<T> iterator = elements.iterator();
    text.append(brackets.charAt(0));
    for (String separator = ""; iterator.hasNext(); separator = ",") {
      text.append(separator).append(lineEnd).append("  ");
      append.accept(iterator.next());
    }
    text.append(elements.iterator().hasNext() ? lineEnd : "").append(brackets.charAt(1));
  }

  private static void appendString(StringBuilder text, String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case '\f' -> text.append("\\f");
        case '\b' -> text.append("\\b");
        default ->
            text.append(c < ' ' || c > '~' ? String.format(Locale.ROOT, "\\u%04x", (int) c) : c);
      }
    }
    text.append('"');
  }
}
