package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The filters that choose among values or apply others to each. */
final class SelectionFilters {
  private SelectionFilters() {}

  static void addTo(Map<String, Filter> filters) {
    filters.put("select", (value, arguments) -> select(value, arguments, false, true));
    filters.put("reject", (value, arguments) -> select(value, arguments, false, false));
    filters.put("selectattr", (value, arguments) -> select(value, arguments, true, true));
    filters.put("rejectattr", (value, arguments) -> select(value, arguments, true, false));
    filters.put("map", SelectionFilters::map);
    filters.put("attr", SelectionFilters::attribute);
    filters.put("default", SelectionFilters::orElse);
    filters.put("d", SelectionFilters::orElse);
  }

  private static Object select(
      Object value, Arguments arguments, boolean byAttribute, boolean wanted) {
    if (!Values.isTrue(value)) {
      return new GeneratorValue(List.of()); // as Jinja: false values have no elements
    }
    Object attribute = byAttribute ? arguments.required(0, "attribute") : null;
    int testIndex = byAttribute ? 1 : 0;
    boolean tested = arguments.positional().size() > testIndex;
    ValueTest test =
        tested
            ? ValueTests.named(
                PythonText.str(arguments.positional().get(testIndex), arguments.meter()))
            : (element, none) -> Values.isTrue(element);
    Arguments rest = arguments.after(testIndex + 1);
    List<Object> selected = new ArrayList<>();
    for (Object element : Values.elements(value, arguments.meter())) {
      arguments.meter().step();
      if (test.test(AttributePath.follow(element, attribute, arguments.meter()), rest) == wanted) {
        selected.add(element);
      }
    }
    return new GeneratorValue(selected);
  }

  private static Object map(Object value, Arguments arguments) {
    if (!Values.isTrue(value)) {
      return new GeneratorValue(List.of());
    }
    Meter meter = arguments.meter();
    boolean toAttribute = arguments.positional().isEmpty();
    Object attribute = toAttribute ? arguments.required(0, "attribute") : null;
    Object otherwise = arguments.get(1, "default", null);
    Filter filter =
        toAttribute ? null : Filters.named(PythonText.str(arguments.positional().get(0), meter));
    Arguments rest = arguments.after(1);
    List<Object> mapped = new ArrayList<>();
    for (Object element : Values.elements(value, meter)) {
      meter.step();
      if (filter != null) {
        mapped.add(filter.apply(element, rest));
      } else {
        Object found = AttributePath.follow(element, attribute, meter);
        mapped.add(found instanceof Undefined && otherwise != null ? otherwise : found);
      }
    }
    return new GeneratorValue(mapped);
  }

  private static Object attribute(Object value, Arguments arguments) {
    String name = arguments.requiredText(0, "name");
    if (value instanceof Map) {
      Callable method = Methods.find(value, name);
      return method != null
          ? method
          : new Undefined("'dict object' has no attribute '" + name + "'");
    }
    return Access.attribute(value, name, arguments.meter());
  }

  private static Object orElse(Object value, Arguments arguments) {
    boolean missing =
        value instanceof Undefined || (arguments.flag(1, "boolean") && !Values.isTrue(value));
    return missing ? arguments.get(0, "default_value", "") : value;
  }
}
