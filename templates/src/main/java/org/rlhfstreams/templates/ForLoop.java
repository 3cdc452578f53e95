package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.List;

/** A {@code for} loop; the condition and the {@code else} part are null where there is none. */
record ForLoop(
    AssignmentTarget target,
    Expression iterated,
    Expression condition,
    boolean recursive,
    Statement body,
    Statement otherwise)
    implements Statement {
  @Override
  public Flow execute(Scope scope, TextBuilder output) {
    Object values = iterated.evaluate(scope);
    if (!recursive) {
      return run(values, 0, scope, output);
    }
    // In Jinja2 it is a function: nothing of it is in the output before it ends.
    TextBuilder whole = new TextBuilder(scope.meter());
    Flow flow = run(values, 0, scope, whole);
    output.append(whole.toString());
    return flow;
  }

  private Flow run(Object iteratedValue, int depth, Scope scope, TextBuilder output) {
    List<?> values = selected(Values.elements(iteratedValue, scope.meter()), scope);
    LoopState state = new LoopState(values, depth, recursive ? nextLevel(depth, scope) : null);
    boolean anyRanToItsEnd = false; // in Jinja2 a body that is left early does not count
    for (int i = 0; i < values.size(); i++) {
      scope.meter().step();
      state.moveTo(i);
      Scope inner = scope.child();
      target.assign(values.get(i), inner);
      inner.set("loop", state);
      Flow flow = body.execute(inner, output);
      if (flow == Flow.BREAK) {
        break;
      }
      anyRanToItsEnd |= flow == Flow.NEXT;
    }
    return anyRanToItsEnd || otherwise == null
        ? Flow.NEXT
        : otherwise.execute(scope.child(), output);
  }

  private List<?> selected(List<?> values, Scope scope) {
    if (condition == null) {
      return values;
    }
    List<Object> selected = new ArrayList<>();
    for (Object value : values) {
      scope.meter().step();
      Scope inner = scope.child();
      target.assign(value, inner);
      if (Values.isTrue(condition.evaluate(inner))) {
        selected.add(value);
      }
    }
    return selected;
  }

  private Callable nextLevel(int depth, Scope scope) {
    return arguments -> {
      TextBuilder output = new TextBuilder(scope.meter());
      scope.meter().enterCall();
      run(arguments.required(0, "iterable"), depth + 1, scope, output);
      scope.meter().leaveCall();
      return output.toString();
    };
  }
}
