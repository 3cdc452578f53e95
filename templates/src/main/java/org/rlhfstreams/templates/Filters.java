package org.rlhfstreams.templates;

import java.util.HashMap;
import java.util.Map;

/** All filters by name. */
final class Filters {
  private static final Map<String, Filter> ALL = new HashMap<>();

  static {
    TextFilters.addTo(ALL);
    NumberFilters.addTo(ALL);
    ListFilters.addTo(ALL);
    SelectionFilters.addTo(ALL);
  }

  private Filters() {}

  static boolean has(String name) {
    return ALL.containsKey(name);
  }

  static Filter named(String name) {
    Filter filter = ALL.get(name);
    if (filter == null) {
      throw new TemplateException("TemplateRuntimeError: No filter named '" + name + "'.");
    }
    return filter;
  }
}
