package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens: text between tags, with the white space around them that {@code
 * trim_blocks}, {@code lstrip_blocks} and the signs in the tags take away.
 */
final class Lexer {
  private static final Pattern RAW_BEGIN =
      Pattern.compile("\\{%[-+]?\\s*raw\\s*(?:-%\\}\\s*|%\\})", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern RAW_END =
      Pattern.compile(
          "\\{%([-+]?)\\s*endraw\\s*(?:\\+%\\}|-%\\}\\s*|%\\}\\n?)",
          Pattern.UNICODE_CHARACTER_CLASS);
  private static final char NO_SIGN = 0;

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int line = 1;
  private boolean atLineStart = true;

  Lexer(String template) {
    String text = template.replace("\r\n", "\n").replace('\r', '\n');
    source = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  List<Token> tokens() {
    int tag = nextTag(0);
    while (tag >= 0) {
      textBefore(tag);
      int from = tag;
      readTag(tag);
      countLines(from);
      atLineStart = source.charAt(position - 1) == '\n';
      tag = nextTag(position);
    }
    addText(source.substring(position));
    tokens.add(new Token(TokenType.END, "", line));
    return tokens;
  }

  private int nextTag(int from) {
    int at = source.indexOf('{', from);
    while (at >= 0 && at + 1 < source.length()) {
      if ("{%#".indexOf(source.charAt(at + 1)) >= 0) {
        return at;
      }
      at = source.indexOf('{', at + 1);
    }
    return -1;
  }

  private void textBefore(int tag) {
    String text = source.substring(position, tag);
    addText(strip(text, sign(tag + 2), source.charAt(tag + 1) == '{', atLineStart));
    countLines(position, tag);
  }

  private void readTag(int tag) {
    char kind = source.charAt(tag + 1);
    position = tag + 2 + (sign(tag + 2) == NO_SIGN ? 0 : 1);
    if (kind == '#') {
      readComment();
    } else if (kind == '%' && readRaw(tag)) {
      return;
    } else {
      boolean print = kind == '{';
      tokens.add(new Token(print ? TokenType.PRINT_BEGIN : TokenType.TAG_BEGIN, "", line));
      TagLexer inside = new TagLexer(source, position, line, print, tokens);
      position = inside.read();
      skipWhiteSpaceAfter(inside.endSign(), !print);
    }
  }

  private boolean readRaw(int tag) {
    Matcher begin = RAW_BEGIN.matcher(source).region(tag, source.length());
    if (!begin.lookingAt()) {
      return false;
    }
    Matcher end = RAW_END.matcher(source);
    if (!end.find(begin.end())) {
      throw TemplateException.syntax("Missing end of raw directive", line);
    }
    String text = source.substring(begin.end(), end.start());
    char sign = end.group(1).isEmpty() ? NO_SIGN : end.group(1).charAt(0);
    addText(strip(text, sign, false, source.charAt(begin.end() - 1) == '\n'));
    position = end.end();
    return true;
  }

  private void readComment() {
    int end = source.indexOf("#}", position);
    if (end < 0) {
      if (position >= source.length()) {
        return;
      }
      throw TemplateException.syntax("Missing end of comment tag", line);
    }
    char last = end > position ? source.charAt(end - 1) : NO_SIGN;
    position = end + 2;
    skipWhiteSpaceAfter(last == '-' || last == '+' ? last : NO_SIGN, true);
  }

  private void skipWhiteSpaceAfter(char sign, boolean trimNewline) {
    if (sign == '-') {
      while (position < source.length() && Whitespace.is(source.charAt(position))) {
        position++;
      }
    } else if (sign == NO_SIGN && trimNewline && source.startsWith("\n", position)) {
      position++;
    }
  }

  private char sign(int at) {
    char character = at < source.length() ? source.charAt(at) : NO_SIGN;
    return character == '-' || character == '+' ? character : NO_SIGN;
  }

  private void addText(String text) {
    if (!text.isEmpty()) {
      tokens.add(new Token(TokenType.DATA, text, line));
    }
  }

  private void countLines(int from) {
    countLines(from, position);
  }

  private void countLines(int from, int until) {
    for (int at = from; at < until; at++) {
      if (source.charAt(at) == '\n') {
        line++;
      }
    }
  }

  private static String strip(String text, char sign, boolean print, boolean atLineStart) {
    if (sign == '-') {
      return Whitespace.strip(text, false, true);
    }
    if (sign == NO_SIGN && !print) {
      int lineStart = text.lastIndexOf('\n') + 1;
      boolean tagAloneSoFar = Whitespace.strip(text.substring(lineStart), true, true).isEmpty();
      if ((lineStart > 0 || atLineStart) && tagAloneSoFar) {
        return text.substring(0, lineStart);
      }
    }
    return text;
  }
}
