package org.rlhfstreams.scorers.settings;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlhfstreams.common.EditDistance;
import org.rlhfstreams.common.FileProblem;
import org.rlhfstreams.scorers.ScorerException;

/** The settings of one scorer, checked when they are read. */
public final class SettingValues {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)");
  private static final int LONGEST_QUOTE = 60;

  private final String kind;
  private final Map<String, String> values;

  private SettingValues(String kind, Map<String, String> values) {
    this.kind = kind;
    this.values = values;
  }

  /**
   * Fills in defaults.
   *
   * @throws ScorerException if a setting is unknown or missing
   */
  static SettingValues of(ScorerKind kind, Map<String, String> given) {
    Map<String, String> values = new LinkedHashMap<>();
    for (ScorerSetting setting : kind.settings()) {
      String value = given.getOrDefault(setting.name(), setting.defaultText());
      if (setting.required() && value.isBlank()) {
        throw new ScorerException(
            "scorer kind "
                + kind.name()
                + ": setting \""
                + setting.name()
                + "\" is missing; "
                + setting.help());
      }
      values.put(setting.name(), value);
    }
    given.forEach(
        (name, value) -> {
          if (!values.containsKey(name)) {
            if (kind.settings().stream()
                .noneMatch(one -> one.isPrefix() && name.startsWith(one.prefix()))) {
              throw unknown(kind, name);
            }
            values.put(name, value);
          }
        });
    return new SettingValues(kind.name(), values);
  }

  private static ScorerException unknown(ScorerKind kind, String name) {
    List<String> known = kind.settings().stream().map(ScorerSetting::name).sorted().toList();
    List<String> meant = EditDistance.meant(name, known);
    return new ScorerException(
        "scorer kind "
            + kind.name()
            + " has no setting \""
            + name
            + "\"; "
            + (meant.isEmpty()
                ? "it has " + String.join(", ", known)
                : "did you mean " + String.join(" or ", meant) + "?"));
  }

  /** A text as it was written; empty if it has no value. */
  public String text(String name) {
    return values.get(name);
  }

  /** A text, if it has a value. */
  public Optional<String> optional(String name) {
    return Optional.of(text(name)).filter(value -> !value.isEmpty());
  }

  /**
   * A whole number.
   *
   * @throws ScorerException if it is none, or outside of the range
   */
  public int integer(String name, int minimum, int maximum) {
    String expected =
        maximum == Integer.MAX_VALUE
            ? "a whole number of at least " + minimum
            : "a whole number from " + minimum + " to " + maximum;
    try {
      int value = Integer.parseInt(text(name).replace("_", "").trim());
      if (value >= minimum && value <= maximum) {
        return value;
      }
      throw wrong(name, expected);
    } catch (NumberFormatException e) {
      throw wrong(name, expected);
    }
  }

  /**
   * A finite number.
   *
   * @throws ScorerException if it is none, or outside of the range
   */
  public double number(String name, double minimum, double maximum) {
    String expected =
        minimum == -Double.MAX_VALUE
            ? "a finite number"
            : maximum == Double.MAX_VALUE
                ? "a finite number of at least " + minimum
                : "a number from " + minimum + " to " + maximum;
    try {
      double value = Double.parseDouble(text(name));
      if (value >= minimum && value <= maximum) {
        return value;
      }
      throw wrong(name, expected);
    } catch (NumberFormatException e) {
      throw wrong(name, expected);
    }
  }

  /**
   * A finite number of any size.
   *
   * @throws ScorerException if it is none
   */
  public double number(String name) {
    return number(name, -Double.MAX_VALUE, Double.MAX_VALUE);
  }

  /**
   * Whether something is on.
   *
   * @throws ScorerException if it is neither true nor false
   */
  public boolean flag(String name) {
    return choice(name, "true", "false").equals("true");
  }

  /**
   * One of several words.
   *
   * @throws ScorerException if it is another word
   */
  public String choice(String name, String... choices) {
    String value = text(name).trim().toLowerCase(Locale.ROOT);
    if (!List.of(choices).contains(value)) {
      throw wrong(name, "one of " + String.join(", ", choices));
    }
    return value;
  }

  /**
   * A duration of more than nothing, such as {@code 500ms}, {@code 30s} or {@code 5m}.
   *
   * @throws ScorerException if it is none
   */
  public Duration duration(String name) {
    Matcher matcher = DURATION.matcher(text(name).trim());
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      throw wrong(name, "a duration such as 500ms, 30s or 5m");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }

  /**
   * The address of an HTTP service.
   *
   * @throws ScorerException if it is none, or has a user and a password in it
   */
  public URI url(String name) {
    try {
      URI url = new URI(text(name).trim());
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (http && url.getHost() != null && url.getUserInfo() == null) {
        return url;
      }
      throw wrong(
          name, "an address such as http://127.0.0.1:8000/score, without a user and a password");
    } catch (URISyntaxException e) {
      throw wrong(name, "an address such as http://127.0.0.1:8000/score");
    }
  }

  /**
   * The content of a file that a setting names, if it has a value.
   *
   * @throws ScorerException if it cannot be read
   */
  public Optional<String> file(String name) {
    return optional(name)
        .map(
            path -> {
              try {
                return Files.readString(Path.of(path));
              } catch (IOException | IllegalArgumentException e) {
                String why =
                    FileProblem.in(e).map(Throwable::getMessage).orElseGet(() -> e.toString());
                throw problem(name, "the file cannot be read: " + why);
              }
            });
  }

  /** What follows a prefix such as {@code with.}, without the prefix. */
  public Map<String, String> below(String prefix) {
    Map<String, String> below = new TreeMap<>();
    values.forEach(
        (name, value) -> {
          if (name.startsWith(prefix) && !name.endsWith(".*")) {
            below.put(name.substring(prefix.length()), value);
          }
        });
    return below;
  }

  /** What to throw if a setting's value is not what was expected. */
  public ScorerException wrong(String name, String expected) {
    String value = text(name);
    String shown = value.length() > LONGEST_QUOTE ? value.substring(0, LONGEST_QUOTE) + "…" : value;
    return problem(name, "give " + expected + " in place of \"" + shown + "\"");
  }

  /** What to throw if a setting cannot be used. */
  public ScorerException problem(String name, String what) {
    return new ScorerException("scorer kind " + kind + ": setting \"" + name + "\": " + what);
  }
}
