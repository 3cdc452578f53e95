package org.rlhfstreams.templates;

import java.util.List;

/** A block whose text goes through filters and then elsewhere than to the output. */
record Capture(Statement body, List<PostfixExpression.Step> filters, Destination destination)
    implements Statement {
  /** Where the filtered text goes. */
  interface Destination {
    void accept(Object text, Scope scope, TextBuilder output);
  }

  @Override
  public Flow execute(Scope scope, TextBuilder output) {
    TextBuilder captured = new TextBuilder(scope.meter());
    Flow flow = body.execute(scope.child(), captured);
    if (flow != Flow.NEXT) {
      return flow;
    }
    Object text = captured.toString();
    for (PostfixExpression.Step filter : filters) {
      text = filter.apply(text, scope);
    }
    destination.accept(text, scope, output);
    return Flow.NEXT;
  }
}
