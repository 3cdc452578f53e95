package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses what a value is assigned to. */
final class TargetParser {
  private static final Set<String> CONSTANTS =
      Set.of("true", "True", "false", "False", "none", "None");

  private final TokenStream tokens;

  TargetParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  /** A target, or a tuple of them where commas follow it. */
  AssignmentTarget target() {
    tokens.enter();
    List<AssignmentTarget> targets = new ArrayList<>(List.of(single()));
    boolean tuple = false;
    while (tokens.acceptOperator(",")) {
      tuple = true;
      if (!startsTarget()) {
        break;
      }
      targets.add(single());
    }
    tokens.leave();
    return tuple ? AssignmentTarget.tuple(targets) : targets.get(0);
  }

  private boolean startsTarget() {
    Token token = tokens.current();
    return token.isOperator("(") || (token.is(TokenType.NAME) && !token.isName("in"));
  }

  private AssignmentTarget single() {
    if (tokens.acceptOperator("(")) {
      AssignmentTarget inside = target();
      tokens.expectOperator(")");
      return inside;
    }
    String name = name();
    return tokens.acceptOperator(".")
        ? AssignmentTarget.attribute(name, tokens.expect(TokenType.NAME).text())
        : AssignmentTarget.name(name);
  }

  /** A name that may be assigned to. */
  String name() {
    if (CONSTANTS.contains(tokens.current().text())) {
      throw tokens.error("cannot assign to a constant");
    }
    return tokens.expect(TokenType.NAME).text();
  }
}
