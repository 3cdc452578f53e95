package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's ways to cut a text into pieces and to put pieces together. */
final class TextPieces {
  private static final Pattern LINE_END =
      Pattern.compile("\r\n|[\n\r\u000b\f\u001c-\u001e\u0085\u2028\u2029]");
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private TextPieces() {}

  /** {@code str.split} and {@code str.rsplit}; a null separator is any white space. */
  static List<Object> split(
      String text, Object separator, long maximumSplits, boolean fromRight, Meter meter) {
    long limit = maximumSplits < 0 ? NO_LIMIT : maximumSplits;
    meter.text(text.length());
    if (separator == null) {
      return fromRight ? wordsFromRight(text, limit, meter) : words(text, limit, meter);
    }
    if (!(separator instanceof String mark)) {
      throw TemplateException.type("must be str or None, not " + Values.typeName(separator));
    }
    if (mark.isEmpty()) {
      throw TemplateException.value("empty separator");
    }
    return fromRight
        ? splitFromRight(text, mark, limit, meter)
        : splitFromLeft(text, mark, limit, meter);
  }

  private static List<Object> splitFromLeft(String text, String mark, long limit, Meter meter) {
    List<Object> pieces = new ArrayList<>();
    int from = 0;
    while (pieces.size() < limit) {
      int found = TextSearch.first(text, mark, from, meter);
      if (found < 0) {
        break;
      }
      meter.step();
      pieces.add(text.substring(from, found));
      from = found + mark.length();
    }
    pieces.add(text.substring(from));
    return pieces;
  }

  private static List<Object> splitFromRight(String text, String mark, long limit, Meter meter) {
    List<Object> pieces = new ArrayList<>();
    int until = text.length();
    while (pieces.size() < limit) {
      int found = TextSearch.last(text, mark, until, meter);
      if (found < 0) {
        break;
      }
      meter.step();
      pieces.add(text.substring(found + mark.length(), until));
      until = found;
    }
    pieces.add(text.substring(0, until));
    Collections.reverse(pieces);
    return pieces;
  }

  private static List<Object> words(String text, long limit, Meter meter) {
    List<Object> words = new ArrayList<>();
    int at = skip(text, 0, true);
    while (at < text.length() && words.size() < limit) {
      int end = skip(text, at, false);
      meter.step();
      words.add(text.substring(at, end));
      at = skip(text, end, true);
    }
    if (at < text.length()) {
      words.add(Whitespace.strip(text.substring(at), false, true));
    }
    return words;
  }

  private static int skip(String text, int from, boolean white) {
    int at = from;
    while (at < text.length() && Whitespace.is(text.charAt(at)) == white) {
      at++;
    }
    return at;
  }

  private static List<Object> wordsFromRight(String text, long limit, Meter meter) {
    List<Object> words = new ArrayList<>();
    int until = skipBack(text, text.length(), true);
    while (until > 0 && words.size() < limit) {
      int start = skipBack(text, until, false);
      meter.step();
      words.add(text.substring(start, until));
      until = skipBack(text, start, true);
    }
    if (until > 0) {
      words.add(Whitespace.strip(text.substring(0, until), true, false));
    }
    Collections.reverse(words);
    return words;
  }

  private static int skipBack(String text, int until, boolean white) {
    int at = until;
    while (at > 0 && Whitespace.is(text.charAt(at - 1)) == white) {
      at--;
    }
    return at;
  }

  static List<Object> lines(String text, boolean keepEnds, Meter meter) {
    meter.text(text.length());
    List<Object> lines = new ArrayList<>();
    Matcher end = LINE_END.matcher(text);
    int from = 0;
    while (end.find()) {
      meter.step();
      lines.add(text.substring(from, keepEnds ? end.end() : end.start()));
      from = end.end();
    }
    if (from < text.length()) {
      lines.add(text.substring(from));
    }
    return lines;
  }

  /** {@code str.partition} and {@code str.rpartition}. */
  static TupleValue partition(String text, String mark, boolean fromRight, Meter meter) {
    if (mark.isEmpty()) {
      throw TemplateException.value("empty separator");
    }
    meter.text(text.length());
    int found =
        fromRight
            ? TextSearch.last(text, mark, text.length(), meter)
            : TextSearch.first(text, mark, 0, meter);
    if (found < 0) {
      return fromRight ? TupleValue.of("", "", text) : TupleValue.of(text, "", "");
    }
    return TupleValue.of(text.substring(0, found), mark, text.substring(found + mark.length()));
  }

  /** {@code str.replace}; a negative count is no limit. */
  static String replace(String text, String old, String replacement, long count, Meter meter) {
    long limit = count < 0 ? NO_LIMIT : count;
    TextBuilder replaced = new TextBuilder(meter);
    int from = 0;
    for (long done = 0; done < limit; done++) {
      int found = TextSearch.first(text, old, from, meter);
      if (found < 0 || (old.isEmpty() && from >= text.length())) {
        if (old.isEmpty()) {
          replaced.append(replacement);
        }
        break;
      }
      replaced.append(text, from, found).append(replacement);
      from = found + old.length();
      if (old.isEmpty()) {
        int next = text.offsetByCodePoints(from, 1);
        replaced.append(text, from, next);
        from = next;
      }
    }
    return replaced.append(text, from, text.length()).toString();
  }

  static long count(String text, String part, Meter meter) {
    if (part.isEmpty()) {
      return Values.length(text, meter) + 1;
    }
    long count = 0;
    int found = TextSearch.first(text, part, 0, meter);
    while (found >= 0) {
      count++;
      found = TextSearch.first(text, part, found + part.length(), meter);
    }
    return count;
  }
}
