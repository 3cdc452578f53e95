package org.rlhfstreams.templates;

import java.util.List;

/**
 * A sum with texts that {@code safe} or {@code escape} has marked: as in Jinja, each text without a
 * mark that is added to one is escaped for HTML.
 */
record MarkedSum(Expression first, List<String> operators, List<Expression> operands)
    implements Expression {
  static boolean isMarked(Expression expression) {
    return expression instanceof MarkedSum
        || (expression instanceof PostfixExpression postfix && postfix.endsInMarkup());
  }

  @Override
  public Object evaluate(Scope scope) {
    Object value = first.evaluate(scope);
    boolean marked = isMarked(first);
    for (int i = 0; i < operators.size(); i++) {
      Object right = operands.get(i).evaluate(scope);
      boolean rightMarked = isMarked(operands.get(i));
      if (operators.get(i).equals("+") && value instanceof String && right instanceof String) {
        if (rightMarked && !marked) {
          value = TextFilters.escaped((String) value, scope.meter());
        } else if (marked && !rightMarked) {
          right = TextFilters.escaped((String) right, scope.meter());
        }
        marked |= rightMarked;
      } else {
        marked = false;
      }
      value = Arithmetic.apply(operators.get(i), value, right, scope.meter());
    }
    return value;
  }
}
