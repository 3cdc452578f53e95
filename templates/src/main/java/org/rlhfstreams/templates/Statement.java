package org.rlhfstreams.templates;

/** A part of a template that prints or changes its scope. */
interface Statement {
  /** Where a template goes on after a statement. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  Flow execute(Scope scope, TextBuilder output);
}
