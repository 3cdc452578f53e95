package org.rlhfstreams.templates;

import java.util.List;
import java.util.Map;

/** What a function, filter or test is called with, and the meter that it has to pay. */
record Arguments(List<Object> positional, Map<String, Object> named, Meter meter) {
  boolean has(int index, String name) {
    return index < positional.size() || named.containsKey(name);
  }

  Object get(int index, String name, Object otherwise) {
    if (index < positional.size()) {
      return positional.get(index);
    }
    return named.containsKey(name) ? named.get(name) : otherwise;
  }

  Object required(int index, String name) {
    if (!has(index, name)) {
      throw TemplateException.type("missing argument '" + name + "'");
    }
    return get(index, name, null);
  }

  String requiredText(int index, String name) {
    Object value = required(index, name);
    if (value instanceof String text) {
      return text;
    }
    throw TemplateException.type(
        "argument '%s' must be str, not %s".formatted(name, Values.typeName(value)));
  }

  String text(int index, String name, String otherwise) {
    return has(index, name) ? PythonText.str(get(index, name, null), meter) : otherwise;
  }

  long integer(int index, String name, long otherwise) {
    return has(index, name) ? Numbers.index(get(index, name, null)) : otherwise;
  }

  boolean flag(int index, String name) {
    return Values.isTrue(get(index, name, false));
  }

  /** The arguments after the first ones. */
  Arguments after(int count) {
    return new Arguments(
        positional.subList(Math.min(count, positional.size()), positional.size()), named, meter);
  }
}
