package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Python's {@code json.dumps}. */
final class JsonText {
  private static final String ESCAPED = "\"\\\n\r\t\b\f";
  private static final String ESCAPES = "\"\\nrtbf";

  private final boolean onlyAscii;
  private final String indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean sortKeys;
  private final TextBuilder text;

  private JsonText(
      boolean onlyAscii,
      String indent,
      String itemSeparator,
      String keySeparator,
      boolean sortKeys,
      TextBuilder text) {
    this.onlyAscii = onlyAscii;
    this.indent = indent;
    this.itemSeparator = itemSeparator;
    this.keySeparator = keySeparator;
    this.sortKeys = sortKeys;
    this.text = text;
  }

  /** The filter {@code tojson}, as transformers defines it. */
  static String of(Object value, Arguments arguments) {
    Meter meter = arguments.meter();
    Object indent = arguments.get(1, "indent", null);
    Object separators = arguments.get(2, "separators", null);
    String itemSeparator = indent == null ? ", " : ",";
    String keySeparator = ": ";
    if (separators != null) {
      List<?> pair = Values.elements(separators, meter);
      if (pair.size() != 2) {
        throw TemplateException.value("separators must be a pair, not " + pair.size() + " values");
      }
      itemSeparator = PythonText.str(pair.get(0), meter);
      keySeparator = PythonText.str(pair.get(1), meter);
    }
    TextBuilder text = new TextBuilder(meter);
    new JsonText(
            arguments.flag(0, "ensure_ascii"),
            indent == null ? null : Indentation.of(indent, meter),
            itemSeparator,
            keySeparator,
            arguments.flag(3, "sort_keys"),
            text)
        .append(value, 0);
    return text.toString();
  }

  private void append(Object value, int depth) {
    if (value instanceof String string) {
      appendString(string);
    } else if (value instanceof Map<?, ?> map) {
      appendMap(map, depth);
    } else if (value instanceof List<?> list) {
      appendList(list, depth);
    } else {
      text.append(scalar(value));
    }
  }

  private String scalar(Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Boolean) {
      return value.toString();
    }
    if (value instanceof Double real) {
      if (real.isNaN()) {
        return "NaN";
      }
      return real.isInfinite()
          ? (real > 0 ? "Infinity" : "-Infinity")
          : PythonText.ofFloat(real, text.meter());
    }
    if (value instanceof Number) {
      return Numbers.decimal(value, text.meter());
    }
    throw TemplateException.type(
        "Object of type %s is not JSON serializable".formatted(Values.typeName(value)));
  }

  private void appendMap(Map<?, ?> map, int depth) {
    if (map.isEmpty()) {
      text.append("{}");
      return;
    }
    List<Object> keys = new ArrayList<>(map.keySet());
    if (sortKeys) {
      keys.sort((left, right) -> Comparison.order(left, right, text.meter()));
    }
    text.append('{');
    String separator = "";
    for (Object key : keys) {
      text.append(separator);
      newLine(depth + 1);
      appendKey(key);
      text.append(keySeparator);
      append(map.get(key), depth + 1);
      separator = itemSeparator;
    }
    newLine(depth);
    text.append('}');
  }

  private void appendKey(Object key) {
    if (key instanceof String string) {
      appendString(string);
    } else if (key instanceof List) {
      throw TemplateException.type("keys must be str, int, float, bool or None, not tuple");
    } else {
      text.append('"').append(scalar(key)).append('"');
    }
  }

  private void appendList(List<?> list, int depth) {
    if (list.isEmpty()) {
      text.append("[]");
      return;
    }
    text.append('[');
    String separator = "";
    for (Object element : list) {
      text.append(separator);
      newLine(depth + 1);
      append(element, depth + 1);
      separator = itemSeparator;
    }
    newLine(depth);
    text.append(']');
  }

  private void newLine(int depth) {
    if (indent != null) {
      text.append('\n').repeat(indent, depth);
    }
  }

  private void appendString(String string) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char character = string.charAt(i);
      int escape = ESCAPED.indexOf(character);
      if (escape >= 0) {
        text.append('\\').append(ESCAPES.charAt(escape));
      } else if (character < ' ' || (onlyAscii && character > '~')) {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) character));
      } else {
        text.append(character);
      }
    }
    text.append('"');
  }
}
