package org.rlhfstreams.templates;

import java.util.List;

/** Statements one after the other, until one leaves the loop around them. */
record Sequence(List<Statement> statements) implements Statement {
  @Override
  public Flow execute(Scope scope, TextBuilder output) {
    for (Statement statement : statements) {
      Flow flow = statement.execute(scope, output);
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }
}
