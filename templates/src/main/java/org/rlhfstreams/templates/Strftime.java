package org.rlhfstreams.templates;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Python's {@code strftime} in the C locale; {@code %-d} and its like leave leading zeros out. */
final class Strftime {
  private static final Map<Character, String> PATTERNS =
      Map.ofEntries(
          Map.entry('a', "EEE"),
          Map.entry('A', "EEEE"),
          Map.entry('b', "MMM"),
          Map.entry('h', "MMM"),
          Map.entry('B', "MMMM"),
          Map.entry('d', "dd"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('j', "DDD"),
          Map.entry('m', "MM"),
          Map.entry('M', "mm"),
          Map.entry('p', "a"),
          Map.entry('S', "ss"),
          Map.entry('y', "yy"),
          Map.entry('Y', "yyyy"),
          Map.entry('Z', "zzz"),
          Map.entry('z', "xx"),
          Map.entry('G', "YYYY"),
          Map.entry('F', "yyyy-MM-dd"),
          Map.entry('T', "HH:mm:ss"),
          Map.entry('X', "HH:mm:ss"),
          Map.entry('D', "MM/dd/yy"),
          Map.entry('x', "MM/dd/yy"),
          Map.entry('R', "HH:mm"));

  private Strftime() {}

  static String format(String format, ZonedDateTime time, Meter meter) {
    TextBuilder formatted = new TextBuilder(meter);
    int at = 0;
    while (at < format.length()) {
      char character = format.charAt(at++);
      if (character != '%' || at == format.length()) {
        formatted.append(character);
        continue;
      }
      boolean withoutZeros = format.charAt(at) == '-' && at + 1 < format.length();
      at += withoutZeros ? 1 : 0;
      String value = directive(format.charAt(at++), time);
      meter.step();
      formatted.append(withoutZeros ? value.replaceFirst("^[0 ]+(?=.)", "") : value);
    }
    return formatted.toString();
  }

  private static String directive(char directive, ZonedDateTime time) {
    String pattern = PATTERNS.get(directive);
    if (pattern != null) {
      return time.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
    }
    int dayOfWeek = time.getDayOfWeek().getValue();
    return switch (directive) {
      case '%' -> "%";
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'f' -> String.format(Locale.ROOT, "%06d", time.getNano() / 1000);
      case 'e' -> String.format(Locale.ROOT, "%2d", time.getDayOfMonth());
      case 'u' -> String.valueOf(dayOfWeek);
      case 'w' -> String.valueOf(dayOfWeek % 7);
      case 's' -> String.valueOf(time.toEpochSecond());
      case 'c' ->
          time.format(DateTimeFormatter.ofPattern("EEE MMM ", Locale.ENGLISH))
              + String.format(Locale.ROOT, "%2d", time.getDayOfMonth())
              + time.format(DateTimeFormatter.ofPattern(" HH:mm:ss yyyy", Locale.ENGLISH));
      default -> "%" + directive;
    };
  }
}
