package org.rlhfstreams.templates;

import java.util.List;
import java.util.Locale;

/** The tokens that a parser has still to read. */
final class TokenStream {
  private static final int MAXIMUM_NESTING = 100;

  private final List<Token> tokens;
  private int position;
  private int nesting;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(position);
  }

  Token following() {
    return tokens.get(Math.min(position + 1, tokens.size() - 1));
  }

  /** Reads a token; the end is never passed. */
  Token next() {
    Token token = current();
    if (!token.is(TokenType.END)) {
      position++;
    }
    return token;
  }

  boolean acceptOperator(String operator) {
    boolean accepted = current().isOperator(operator);
    if (accepted) {
      next();
    }
    return accepted;
  }

  boolean acceptName(String name) {
    boolean accepted = current().isName(name);
    if (accepted) {
      next();
    }
    return accepted;
  }

  void expectOperator(String operator) {
    if (!acceptOperator(operator)) {
      throw error("expected '" + operator + "'");
    }
  }

  void expectName(String name) {
    if (!acceptName(name)) {
      throw error("expected '" + name + "'");
    }
  }

  Token expect(TokenType type) {
    if (!current().is(type)) {
      throw error("expected " + type.description());
    }
    return next();
  }

  /** A parser that recurses says so: a template must not exhaust the stack. */
  void enter() {
    if (++nesting > MAXIMUM_NESTING) {
      throw TemplateException.syntax(
          String.format(Locale.ROOT, "nested more than %d deep", MAXIMUM_NESTING),
          current().line());
    }
  }

  void leave() {
    nesting--;
  }

  TemplateException error(String problem) {
    Token token = current();
    return TemplateException.syntax(problem + ", got " + token.description(), token.line());
  }
}
