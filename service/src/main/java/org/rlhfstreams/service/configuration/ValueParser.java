package org.rlhfstreams.service.configuration;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Turns the text of a setting into the type of its record component, and back. */
final class ValueParser {
  private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");

  private ValueParser() {}

  /** The text does not fit; the message says what was expected. */
  static final class ExpectedException extends Exception {
    private static final long serialVersionUID = 1L;

    ExpectedException(String expected) {
      super(expected);
    }
  }

  /**
   * Parses one value.
   *
   * @throws ExpectedException when the text is not of the type or lies outside the range
   */
  static Object parse(KnownKeys.Known known, String written) throws ExpectedException {
    String text = written.strip();
    Type type = known.type();
    Interval range = Interval.parse(known.setting().range());
    if (type == OptionalDouble.class) {
      return text.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(decimal(text, range));
    }
    if (type == OptionalInt.class) {
      return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of((int) whole(text, range, true));
    }
    if (type instanceof ParameterizedType parameterized) {
      if (parameterized.getRawType() == Optional.class) {
        return text.isEmpty()
            ? Optional.empty()
            : Optional.of(scalar(parameterized.getActualTypeArguments()[0], text, range));
      }
      if (parameterized.getRawType() == List.class
          && parameterized.getActualTypeArguments()[0] == RewardConfiguration.class) {
        return RewardsText.parse(text);
      }
      if (parameterized.getRawType() == List.class) {
        return Arrays.stream(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
      }
    }
    return scalar(type, text, range);
  }

  /** A value as a user would write it. */
  static String printed(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.map(ValueParser::printed).orElse("");
    }
    if (value instanceof OptionalDouble number) {
      return number.isPresent() ? printed(number.getAsDouble()) : "";
    }
    if (value instanceof OptionalInt number) {
      return number.isPresent() ? printed(number.getAsInt()) : "";
    }
    if (value instanceof List<?> list
        && !list.isEmpty()
        && list.stream().allMatch(one -> one instanceof RewardConfiguration)) {
      return RewardsText.printed(list.stream().map(RewardConfiguration.class::cast).toList());
    }
    if (value instanceof List<?> list) {
      return list.stream().map(ValueParser::printed).collect(Collectors.joining(","));
    }
    if (value instanceof Enum<?> constant) {
      return printedName(constant);
    }
    if (value instanceof Duration duration) {
      return duration.toMillis() % 1000 == 0
          ? duration.toSeconds() + "s"
          : duration.toMillis() + "ms";
    }
    return String.valueOf(value);
  }

  private static Object scalar(Type type, String text, Interval range) throws ExpectedException {
    if (type == String.class) {
      return text;
    }
    if (type == int.class || type == Integer.class) {
      return (int) whole(text, range, true);
    }
    if (type == long.class || type == Long.class) {
      return whole(text, range, false);
    }
    if (type == double.class || type == Double.class) {
      return decimal(text, range);
    }
    if (type == boolean.class || type == Boolean.class) {
      return truth(text);
    }
    if (type == Path.class) {
      if (text.isEmpty()) {
        throw new ExpectedException("a path");
      }
      return Path.of(text);
    }
    if (type == Duration.class) {
      return duration(text);
    }
    if (type instanceof Class<?> enumeration && enumeration.isEnum()) {
      return constant(enumeration, text);
    }
    throw new IllegalStateException("no parser for " + type);
  }

  private static long whole(String text, Interval range, boolean narrow) throws ExpectedException {
    try {
      long number = Long.parseLong(text.replace("_", ""));
      boolean fits = !narrow || number == (int) number;
      if (fits && range.contains((double) number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new ExpectedException("a whole number in " + range.text());
    }
    throw new ExpectedException("a whole number in " + range.text());
  }

  private static double decimal(String text, Interval range) throws ExpectedException {
    try {
      double number = Double.parseDouble(text.replace("_", ""));
      if (Double.isFinite(number) && range.contains(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new ExpectedException("a number in " + range.text());
    }
    throw new ExpectedException("a number in " + range.text());
  }

  private static boolean truth(String text) throws ExpectedException {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new ExpectedException("true or false");
    };
  }

  private static Duration duration(String text) throws ExpectedException {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new ExpectedException("a duration such as 500ms, 60s, 5m or 1h");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private static Object constant(Class<?> enumeration, String text) throws ExpectedException {
    for (Object candidate : enumeration.getEnumConstants()) {
      if (printedName((Enum<?>) candidate).equalsIgnoreCase(text.replace('_', '-'))) {
        return candidate;
      }
    }
    throw new ExpectedException(
        "one of "
            + Arrays.stream(enumeration.getEnumConstants())
                .map(candidate -> printedName((Enum<?>) candidate))
                .collect(Collectors.joining(", ")));
  }

  private static String printedName(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
