package org.rlhfstreams.evaluation.annotator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How cheerful a text is: cheerful words less gloomy words, per hundred words. */
public final class Cheerfulness {
  private static final Pattern NO_LETTERS = Pattern.compile("[^a-z]+");

  private final Set<String> cheerful = words("cheerful-words.txt");
  private final Set<String> gloomy = words("gloomy-words.txt");

  /** The measure of a text; 0 for one without words. */
  public double of(String text) {
    List<String> words =
        Arrays.stream(NO_LETTERS.split(text.toLowerCase(Locale.ROOT), 0))
            .filter(word -> !word.isEmpty())
            .toList();
    if (words.isEmpty()) {
      return 0;
    }
    long balance =
        words.stream().filter(cheerful::contains).count()
            - words.stream().filter(gloomy::contains).count();
    return 100.0 * balance / words.size();
  }

  private static Set<String> words(String resource) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Cheerfulness.class.getResourceAsStream(resource), StandardCharsets.UTF_8))) {
      return reader.lines().collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
