package org.rlhfstreams.templates;

/** A value that a template may call: a function, a method or a macro. */
interface Callable {
  Object call(Arguments arguments);
}
