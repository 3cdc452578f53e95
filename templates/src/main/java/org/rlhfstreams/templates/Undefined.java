package org.rlhfstreams.templates;

/** What a name has that nothing was given to: empty when printed, an error when used. */
record Undefined(String reason) {
  TemplateException error() {
    return new TemplateException("UndefinedError: " + reason);
  }

  static Object refuse(Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    return value;
  }
}
