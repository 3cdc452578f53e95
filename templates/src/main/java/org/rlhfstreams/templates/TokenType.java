package org.rlhfstreams.templates;

/** What a token of a template is. */
enum TokenType {
  DATA("text"),
  PRINT_BEGIN("'{{'"),
  PRINT_END("'}}'"),
  TAG_BEGIN("'{%'"),
  TAG_END("'%}'"),
  NAME("a name"),
  STRING("a string"),
  INTEGER("an integer"),
  FLOAT("a float"),
  OPERATOR("an operator"),
  END("the end of the template");

  private final String description;

  TokenType(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }
}
