package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The methods that values have; those that would change a value are left out, as in a sandbox. */
final class Methods {
  private Methods() {}

  /** A value's method, or null where it has none of the name. */
  static Callable find(Object value, String name) {
    if (value instanceof Map<?, ?> map) {
      return ofMap(map, name);
    }
    if (value instanceof List<?> list) {
      return ofList(list, name);
    }
    return value instanceof String text ? StringMethods.find(text, name) : null;
  }

  private static Callable ofMap(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> arguments -> Values.items(map, arguments.meter());
      case "keys" -> arguments -> Values.list(map, arguments.meter());
      case "values" ->
          arguments -> {
            arguments.meter().steps(map.size());
            return new ArrayList<Object>(map.values());
          };
      case "get" ->
          arguments -> {
            Object key = arguments.required(0, "key");
            return Mappings.has(map, key, arguments.meter())
                ? Mappings.get(map, key, arguments.meter())
                : arguments.get(1, "default", null);
          };
      case "copy" -> arguments -> Mappings.copy(map, arguments.meter());
      default -> null;
    };
  }

  private static Callable ofList(List<?> list, String name) {
    return switch (name) {
      case "index" -> arguments -> indexOf(list, arguments);
      case "count" -> arguments -> count(list, arguments);
      case "copy" ->
          list instanceof TupleValue ? null : arguments -> Values.list(list, arguments.meter());
      default -> null;
    };
  }

  private static Object indexOf(List<?> list, Arguments arguments) {
    Object wanted = arguments.required(0, "value");
    long index = 0;
    for (Object element : list) {
      if (Comparison.equal(element, wanted, arguments.meter())) {
        return index;
      }
      index++;
    }
    throw TemplateException.value(
        PythonText.repr(wanted, arguments.meter()) + " is not in the list");
  }

  private static Object count(List<?> list, Arguments arguments) {
    Object wanted = arguments.required(0, "value");
    return list.stream()
        .filter(element -> Comparison.equal(element, wanted, arguments.meter()))
        .count();
  }
}
