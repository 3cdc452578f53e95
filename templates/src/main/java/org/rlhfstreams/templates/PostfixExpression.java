package org.rlhfstreams.templates;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A value and what follows it: attributes, elements, calls, filters and tests. They are applied in
 * a loop, so that a long chain takes no stack.
 */
record PostfixExpression(Expression base, List<Step> steps) implements Expression {
  /** What is done with the value so far. */
  interface Step {
    Object apply(Object value, Scope scope);
  }

  /** A call of the value so far. */
  record Call(ArgumentList arguments) implements Step {
    @Override
    public Object apply(Object value, Scope scope) {
      return Access.call(value, arguments.evaluate(scope));
    }

    Object apply(Object value, Scope scope, Callable caller) {
      Arguments evaluated = arguments.evaluate(scope);
      Map<String, Object> named = new LinkedHashMap<>(evaluated.named());
      named.put(Macro.CALLER, caller);
      return Access.call(value, new Arguments(evaluated.positional(), named, scope.meter()));
    }
  }

  /** A filter of the value so far. */
  record Filtering(String name, ArgumentList arguments) implements Step {
    private static final Set<String> OF_MARKUP = Set.of("safe", "e", "escape", "forceescape");

    @Override
    public Object apply(Object value, Scope scope) {
      return Filters.named(name).apply(value, arguments.evaluate(scope));
    }
  }

  /** Whether its value is a text that is marked as HTML. */
  boolean endsInMarkup() {
    return !steps.isEmpty()
        && steps.get(steps.size() - 1) instanceof Filtering filter
        && Filtering.OF_MARKUP.contains(filter.name());
  }

  boolean endsInCall() {
    return !steps.isEmpty() && steps.get(steps.size() - 1) instanceof Call;
  }

  @Override
  public Object evaluate(Scope scope) {
    return evaluate(scope, steps);
  }

  /** The value where the last step is a call that is also given the body of a call block. */
  Object evaluateWithCaller(Scope scope, Callable caller) {
    int last = steps.size() - 1;
    Object function = evaluate(scope, steps.subList(0, last));
    return ((Call) steps.get(last)).apply(function, scope, caller);
  }

  private Object evaluate(Scope scope, List<Step> applied) {
    Object value = base.evaluate(scope);
    for (Step step : applied) {
      scope.meter().step();
      value = step.apply(value, scope);
    }
    return value;
  }
}
