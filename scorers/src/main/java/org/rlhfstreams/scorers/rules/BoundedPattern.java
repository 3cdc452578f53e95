package org.rlhfstreams.scorers.rules;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A regular expression whose time is bounded by its size times that of the text: RE2/J never
 * backtracks, and a pattern that repetitions blow up is refused before it is compiled.
 */
public final class BoundedPattern {
  /** The most steps that a pattern may have with its repetitions written out. */
  static final int LARGEST = 10_000;

  private static final int DEEPEST = 200;

  private final Pattern pattern;

  private BoundedPattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * Compiles a pattern in RE2's syntax; {@code .} also stands for a line break only after {@code
   * (?s)}.
   *
   * @throws IllegalArgumentException if it is none, or too large; the message says why
   */
  public static BoundedPattern compile(String pattern) {
    checkSize(pattern);
    try {
      return new BoundedPattern(Pattern.compile(pattern));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "\""
              + Quote.of(pattern)
              + "\" is no regular expression of RE2's syntax, which has neither lookaround nor back"
              + " references: "
              + e.getDescription(),
          e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("\"" + Quote.of(pattern) + "\" nests too deeply", e);
    }
  }

  /** Whether it occurs in a text. */
  public boolean occursIn(String text) {
    return pattern.matcher(text).find();
  }

  /** Whether it is all of a text. */
  public boolean isAllOf(String text) {
    return pattern.matches(text);
  }

  /** How many capturing groups it has. */
  public int groups() {
    return pattern.groupCount();
  }

  /**
   * What its last occurrence in a text has captured.
   *
   * @param group 0 for all of the occurrence
   * @return null if it does not occur, or if that group took no part
   */
  public String last(String text, int group) {
    Matcher matcher = pattern.matcher(text);
    String last = null;
    while (matcher.find()) {
      last = matcher.group(group);
    }
    return last;
  }

  @Override
  public String toString() {
    return pattern.pattern();
  }

  /** An upper bound of the compiled size, from a scan that knows groups, classes and counts. */
  private static void checkSize(String pattern) {
    Deque<Long> outer = new ArrayDeque<>(); // sizes before each open group
    long size = 0;
    long atom = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char character = pattern.charAt(i);
      switch (character) {
        case '\\' -> {
          int end = pattern.startsWith("\\Q", i) ? quoteEnd(pattern, i) : i + 1;
          atom = 1;
          size += end - i;
          i = end;
        }
        case '[' -> {
          i = classEnd(pattern, i);
          atom = 1;
          size++;
        }
        case '(' -> {
          outer.push(size);
          size = 0;
          atom = 0;
          if (outer.size() > DEEPEST) {
            throw new IllegalArgumentException(
                "\"" + Quote.of(pattern) + "\" nests more than " + DEEPEST + " groups");
          }
        }
        case ')' -> {
          atom = size + 2;
          size = atom + (outer.isEmpty() ? 0 : outer.pop());
        }
        case '{' -> {
          int times = repetitions(pattern, i);
          if (times > 1) {
            size += atom * (times - 1L);
            atom *= times;
          }
        }
        default -> {
          atom = 1;
          size++;
        }
      }
      if (size > LARGEST) {
        throw new IllegalArgumentException(
            "\""
                + Quote.of(pattern)
                + "\" is a pattern of more than "
                + LARGEST
                + " steps with its repetitions written out; repeat less");
      }
    }
  }

  private static int quoteEnd(String pattern, int from) {
    int end = pattern.indexOf("\\E", from);
    return end < 0 ? pattern.length() : end + 1;
  }

  /** Where a class ends; a bracket right after the beginning belongs to it. */
  private static int classEnd(String pattern, int from) {
    int i = from + 1;
    if (i < pattern.length() && pattern.charAt(i) == '^') {
      i++;
    }
    int first = i;
    for (; i < pattern.length(); i++) {
      char character = pattern.charAt(i);
      if (character == '\\') {
        i++;
      } else if (character == ']' && i > first) {
        return i;
      } else if (pattern.startsWith("[:", i)) {
        int end = pattern.indexOf(":]", i);
        i = end < 0 ? i : end + 1;
      }
    }
    return i;
  }

  /** How often at most a count such as {@code {2,5}} repeats; 1 if the brace is no count. */
  private static int repetitions(String pattern, int from) {
    int end = pattern.indexOf('}', from);
    if (end < 0) {
      return 1;
    }
    int most = 1;
    for (String bound : pattern.substring(from + 1, end).split(",", -1)) {
      if (!bound.isEmpty()) {
        if (!bound.chars().allMatch(one -> one >= '0' && one <= '9') || bound.length() > 4) {
          return 1; // RE2/J allows at most 1000
        }
        most = Math.max(most, Integer.parseInt(bound));
      }
    }
    return most + 1; // {n,} has one more
  }
}
