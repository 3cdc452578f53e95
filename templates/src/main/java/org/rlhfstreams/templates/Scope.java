package org.rlhfstreams.templates;

import java.util.HashMap;
import java.util.Map;

/** The names that a place in a template sees. */
final class Scope {
  private final Scope parent;
  private final Map<String, Object> variables;
  private final Meter meter;
  private final GenerationSpans generated;

  private Scope(
      Scope parent, Map<String, Object> variables, Meter meter, GenerationSpans generated) {
    this.parent = parent;
    this.variables = variables;
    this.meter = meter;
    this.generated = generated;
  }

  static Scope root(Map<String, Object> variables, Meter meter, GenerationSpans generated) {
    return new Scope(null, variables, meter, generated);
  }

  Scope child() {
    return new Scope(this, new HashMap<>(), meter, generated);
  }

  Meter meter() {
    return meter;
  }

  GenerationSpans generated() {
    return generated;
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
