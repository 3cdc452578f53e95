package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.List;

/** Parses what follows a dot or stands in brackets after a value. */
final class SubscriptParser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;

  SubscriptParser(TokenStream tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  PostfixExpression.Step afterDot() {
    if (tokens.current().is(TokenType.NAME)) {
      String name = tokens.next().text();
      return (value, scope) -> Access.attribute(value, name, scope.meter());
    }
    if (tokens.current().is(TokenType.INTEGER)) {
      Expression index = expressions.primaries().index();
      return (value, scope) -> Access.element(value, index.evaluate(scope), scope.meter());
    }
    throw tokens.error("expected a name or a number after '.'");
  }

  /** One subscript, or a tuple of them. */
  PostfixExpression.Step inBrackets() {
    if (tokens.current().isOperator(":")) {
      return slice(null);
    }
    Expression first = expressions.expression();
    if (tokens.current().isOperator(":")) {
      return slice(first);
    }
    List<Expression> keys = new ArrayList<>(List.of(first));
    while (tokens.acceptOperator(",")) {
      keys.add(expressions.expression());
    }
    tokens.expectOperator("]");
    Expression key =
        keys.size() == 1 ? first : scope -> new TupleValue(Expression.all(keys, scope));
    return (value, scope) -> Access.element(value, key.evaluate(scope), scope.meter());
  }

  private PostfixExpression.Step slice(Expression from) {
    tokens.expectOperator(":");
    Expression until = bound();
    Expression step = tokens.acceptOperator(":") ? bound() : null;
    tokens.expectOperator("]");
    return (value, scope) ->
        Access.slice(
            value,
            valueOf(from, scope),
            valueOf(until, scope),
            valueOf(step, scope),
            scope.meter());
  }

  private Expression bound() {
    boolean given = !tokens.current().isOperator(":") && !tokens.current().isOperator("]");
    return given ? expressions.expression() : null;
  }

  private static Object valueOf(Expression bound, Scope scope) {
    return bound == null ? null : bound.evaluate(scope);
  }
}
