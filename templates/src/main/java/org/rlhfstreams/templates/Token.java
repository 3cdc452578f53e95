package org.rlhfstreams.templates;

/** A token and the line on which it begins. */
record Token(TokenType type, String text, int line) {
  boolean is(TokenType wanted) {
    return type == wanted;
  }

  boolean isOperator(String operator) {
    return type == TokenType.OPERATOR && text.equals(operator);
  }

  boolean isName(String name) {
    return type == TokenType.NAME && text.equals(name);
  }

  String description() {
    return text.isEmpty() || type == TokenType.DATA ? type.description() : "'" + text + "'";
  }
}
