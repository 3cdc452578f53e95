package org.rlhfstreams.templates;

import java.util.HashMap;
import java.util.Map;

/** The names that a place in a template sees. */
final class Scope {
  private final Scope parent;
  private final Map<String, Object> variables;
  private final Meter meter;

  private Scope(Scope parent, Map<String, Object> variables, Meter meter) {
    this.parent = parent;
    this.variables = variables;
    this.meter = meter;
  }

  static Scope root(Map<String, Object> variables, Meter meter) {
    return new Scope(null, variables, meter);
  }

  Scope child() {
    return new Scope(this, new HashMap<>(), meter);
  }

  Meter meter() {
    return meter;
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Object value = scope.variables.get(name);
      if (value != null || scope.variables.containsKey(name)) {
        return value;
      }
    }
    return new Undefined("'" + name + "' is undefined");
  }
}
