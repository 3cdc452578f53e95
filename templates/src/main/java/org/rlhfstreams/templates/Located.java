package org.rlhfstreams.templates;

/** A statement that knows its line, so that what goes wrong in it can be found. */
record Located(int line, Statement statement) implements Statement {
  @Override
  public Flow execute(Scope scope, TextBuilder output) {
    try {
      scope.meter().step();
      return statement.execute(scope, output);
    } catch (TemplateException e) {
      throw e.at(line);
    }
  }
}
