package org.rlhfstreams.service.configuration;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A key as help and documentation show it.
 *
 * @param key full key, such as {@code learner.learning-rate}
 * @param usual the default as a user would write it; empty if nothing is set
 * @param range permitted numbers as an interval, such as {@code [1, inf)}; empty if all are, and
 *     for what is no number
 * @param description what the setting does, with its unit
 * @param placeholder stands for the value, such as {@code N}, {@code PATH} or {@code loss|accuracy}
 * @param values all permitted values, if they are words; otherwise empty
 */
public record ConfigurationKey(
    String key,
    String usual,
    String range,
    String description,
    String placeholder,
    List<String> values) {
  private static final String ALL_NUMBERS = "(-inf, inf)";
  private static final int LONGEST_CHOICE = 40;
  private static final List<String> SWITCH = List.of("true", "false");

  public ConfigurationKey {
    values = List.copyOf(values);
  }

  /** Whether it is true or false. */
  public boolean isSwitch() {
    return values.equals(SWITCH);
  }

  static ConfigurationKey of(KnownKeys.Known known) {
    String range = known.setting().range();
    return new ConfigurationKey(
        known.key(),
        known.setting().value(),
        range.equals(ALL_NUMBERS) ? "" : range,
        known.setting().description(),
        placeholder(known.type(), values(known.type())),
        values(known.type()));
  }

  /** What is inside of an optional value or a list; otherwise the type itself. */
  private static Type inner(Type type) {
    return type instanceof ParameterizedType parameterized
        ? parameterized.getActualTypeArguments()[0]
        : type;
  }

  private static String placeholder(Type type, List<String> values) {
    String all = String.join("|", values);
    if (!values.isEmpty() && all.length() <= LONGEST_CHOICE) {
      return all;
    }
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return inner(type) == String.class ? "NAME,..." : "LIST";
    }
    Type inner = inner(type);
    if (inner == int.class || inner == long.class || inner == OptionalInt.class) {
      return "N";
    }
    if (inner == double.class || inner == OptionalDouble.class) {
      return "X";
    }
    if (inner == Path.class) {
      return "PATH";
    }
    if (inner == Duration.class) {
      return "TIME";
    }
    return inner == String.class ? "TEXT" : "NAME";
  }

  private static List<String> values(Type type) {
    Type inner = inner(type);
    if (inner == boolean.class) {
      return SWITCH;
    }
    return inner instanceof Class<?> enumeration && enumeration.isEnum()
        ? Arrays.stream(enumeration.getEnumConstants()).map(ValueParser::printed).toList()
        : List.of();
  }
}
