package org.rlhfstreams.templates;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the tokens inside of one tag, up to and with its end. */
final class TagLexer {
  private static final Pattern FLOAT =
      Pattern.compile(
          "(?<!\\.)(?:\\d++_)*+\\d++(?:(?:\\.(?:\\d++_)*+\\d++)?[eE][+-]?\\d++|\\.(?:\\d++_)*+\\d++)");
  private static final Pattern INTEGER =
      Pattern.compile(
          "0[bB](?:_?[01])++|0[oO](?:_?[0-7])++|0[xX](?:_?[0-9a-fA-F])++|[1-9](?:_?\\d)*+|0(?:_?0)*+");
  private static final List<String> OPERATORS =
      List.of(
          "**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{",
          "}", ">", "<", "=", ".", ":", "|", ",", ";");
  private static final String OPENING = "([{";
  private static final String CLOSING = ")]}";
  private static final char NO_SIGN = 0;

  private final String source;
  private final boolean print;
  private final String end;
  private final List<Token> tokens;
  private final Deque<Integer> openBrackets = new ArrayDeque<>();
  private int position;
  private int line;
  private char endSign;

  TagLexer(String source, int position, int line, boolean print, List<Token> tokens) {
    this.source = source;
    this.position = position;
    this.line = line;
    this.print = print;
    this.end = print ? "}}" : "%}";
    this.tokens = tokens;
  }

  /** The position after the tag. */
  int read() {
    do {
      skipWhiteSpace();
    } while (!readEnd() && readToken());
    return position;
  }

  /** The {@code -} or {@code +} before the tag's end, or 0. */
  char endSign() {
    return endSign;
  }

  private void skipWhiteSpace() {
    while (position < source.length() && Whitespace.is(source.charAt(position))) {
      if (source.charAt(position) == '\n') {
        line++;
      }
      position++;
    }
    if (position >= source.length()) {
      throw error("the template ends inside of a tag");
    }
  }

  private boolean readEnd() {
    if (!openBrackets.isEmpty()) {
      return false;
    }
    char first = source.charAt(position);
    boolean signed =
        (first == '-' || (first == '+' && !print)) && source.startsWith(end, position + 1);
    if (!signed && !source.startsWith(end, position)) {
      return false;
    }
    endSign = signed ? first : NO_SIGN;
    position += signed ? 3 : 2;
    add(print ? TokenType.PRINT_END : TokenType.TAG_END, "");
    return true;
  }

  private boolean readToken() {
    char first = source.charAt(position);
    if (first >= '0' && first <= '9') {
      readNumber();
    } else if (first == '_' || Character.isUnicodeIdentifierStart(source.codePointAt(position))) {
      readName();
    } else if (first == '\'' || first == '"') {
      readString(first);
    } else {
      readOperator();
    }
    return true;
  }

  private void readNumber() {
    if (!readNumber(FLOAT, TokenType.FLOAT) && !readNumber(INTEGER, TokenType.INTEGER)) {
      throw error("unexpected '" + source.charAt(position) + "'");
    }
  }

  private boolean readNumber(Pattern pattern, TokenType type) {
    Matcher number =
        pattern.matcher(source).useTransparentBounds(true).region(position, source.length());
    if (!number.lookingAt()) {
      return false;
    }
    position = number.end();
    add(type, number.group().replace("_", ""));
    return true;
  }

  private void readName() {
    int from = position;
    while (position < source.length() && isNamePart(source.codePointAt(position))) {
      position += Character.charCount(source.codePointAt(position));
    }
    add(TokenType.NAME, source.substring(from, position));
  }

  private static boolean isNamePart(int codePoint) {
    return Character.isUnicodeIdentifierPart(codePoint)
        && !Character.isIdentifierIgnorable(codePoint);
  }

  private void readString(char quote) {
    int from = ++position;
    while (position < source.length() && source.charAt(position) != quote) {
      position += source.charAt(position) == '\\' ? 2 : 1;
    }
    if (position >= source.length()) {
      throw error("a string has no closing " + quote);
    }
    String literal = source.substring(from, position++);
    add(TokenType.STRING, StringLiteral.value(literal, line));
    line += (int) literal.chars().filter(character -> character == '\n').count();
  }

  private void readOperator() {
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, position)) {
        checkBrackets(operator);
        position += operator.length();
        add(TokenType.OPERATOR, operator);
        return;
      }
    }
    throw error("unexpected character '" + Character.toString(source.codePointAt(position)) + "'");
  }

  private void checkBrackets(String operator) {
    if (OPENING.contains(operator)) {
      openBrackets.push(OPENING.indexOf(operator));
    } else if (CLOSING.contains(operator)) {
      if (openBrackets.isEmpty()) {
        throw error("unexpected '" + operator + "'");
      }
      int opened = openBrackets.pop();
      if (opened != CLOSING.indexOf(operator)) {
        throw error("unexpected '" + operator + "', expected '" + CLOSING.charAt(opened) + "'");
      }
    }
  }

  private void add(TokenType type, String text) {
    tokens.add(new Token(type, text, line));
  }

  private TemplateException error(String problem) {
    return TemplateException.syntax(problem, line);
  }
}
