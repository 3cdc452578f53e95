package org.rlhfstreams.model.torchscript;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in capitals that a script's source uses in place of numbers and expressions.
 * TorchScript has no constants of its own outside a function: each name is replaced in the text
 * before PyTorch reads it. The element types ({@code FLOAT32}, {@code BFLOAT16}, ...) are known to
 * every script.
 */
final class SourceNames {
  private static final Pattern NAME = Pattern.compile("\\b[A-Z][A-Z0-9_]+\\b");

  private final Map<String, String> values = new TreeMap<>();

  /**
   * @param names what else the source uses
   * @throws IllegalArgumentException if a name is that of an element type
   */
  SourceNames(Map<String, String> names) {
    for (ScalarType type : ScalarType.values()) {
      values.put(type.name(), Integer.toString(type.code()));
    }
    for (Map.Entry<String, String> name : names.entrySet()) {
      if (values.putIfAbsent(name.getKey(), name.getValue()) != null) {
        throw new IllegalArgumentException(
            name.getKey() + " is the name of an element type; choose another one");
      }
    }
  }

  /**
   * The source with every name replaced; comments stay as they are.
   *
   * @param fragment name of the source, for messages
   * @throws IllegalStateException if the source uses an unknown name
   */
  String resolve(String fragment, String source) {
    StringBuilder resolved = new StringBuilder();
    int number = 0;
    for (String line : source.split("\n", -1)) {
      number++;
      int comment = line.indexOf('#');
      int end = comment < 0 ? line.length() : comment;
      resolved.append(resolveLine(fragment + ":" + number, line.substring(0, end)));
      resolved.append(line, end, line.length()).append('\n');
    }
    return resolved.toString();
  }

  private String resolveLine(String place, String code) {
    return NAME.matcher(code)
        .replaceAll(
            name -> {
              String value = values.get(name.group());
              if (value == null) {
                throw new IllegalStateException(
                    "%s uses %s, which has no value here; known are %s"
                        .formatted(place, name.group(), String.join(", ", values.keySet())));
              }
              return Matcher.quoteReplacement(value);
            });
  }
}
