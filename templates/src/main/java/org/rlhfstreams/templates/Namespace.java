package org.rlhfstreams.templates;

import java.util.HashMap;
import java.util.Map;

/** {@code namespace()}: a value whose attributes a template may set from inner scopes. */
final class Namespace {
  private final Map<String, Object> attributes = new HashMap<>();

  void set(String name, Object value) {
    attributes.put(name, value);
  }

  Object get(String name) {
    return attributes.containsKey(name)
        ? attributes.get(name)
        : new Undefined("'Namespace object' has no attribute '" + name + "'");
  }
}
