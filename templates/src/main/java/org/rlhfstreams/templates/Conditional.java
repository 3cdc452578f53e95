package org.rlhfstreams.templates;

import java.util.List;

/** An {@code if} with its {@code elif}s; the {@code else} part is null where there is none. */
record Conditional(List<Expression> conditions, List<Statement> bodies, Statement otherwise)
    implements Statement {
  @Override
  public Flow execute(Scope scope, TextBuilder output) {
    for (int i = 0; i < conditions.size(); i++) {
      scope.meter().step();
      if (Values.isTrue(conditions.get(i).evaluate(scope))) {
        return bodies.get(i).execute(scope, output);
      }
    }
    return otherwise == null ? Flow.NEXT : otherwise.execute(scope, output);
  }
}
