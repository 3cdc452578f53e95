package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.List;

/** A part of a template that has a value. */
interface Expression {
  Object evaluate(Scope scope);

  static List<Object> all(List<Expression> expressions, Scope scope) {
    scope.meter().steps(expressions.size());
    List<Object> values = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      values.add(expression.evaluate(scope));
    }
    return values;
  }
}
