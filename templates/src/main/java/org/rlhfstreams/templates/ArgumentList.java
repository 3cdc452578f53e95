package org.rlhfstreams.templates;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arguments of a call as they are written; the lists and maps to spread may be null. */
record ArgumentList(
    List<Expression> positional,
    Map<String, Expression> named,
    Expression spreadList,
    Expression spreadMap) {
  static final ArgumentList NONE = new ArgumentList(List.of(), Map.of(), null, null);

  Arguments evaluate(Scope scope) {
    Meter meter = scope.meter();
    List<Object> values = Expression.all(positional, scope);
    if (spreadList != null) {
      values.addAll(Values.list(spreadList.evaluate(scope), meter));
    }
    Map<String, Object> namedValues = new LinkedHashMap<>();
    named.forEach((name, expression) -> namedValues.put(name, expression.evaluate(scope)));
    if (spreadMap != null) {
      spread(spreadMap.evaluate(scope), namedValues, meter);
    }
    return new Arguments(values, namedValues, meter);
  }

  private static void spread(Object value, Map<String, Object> namedValues, Meter meter) {
    if (!(value instanceof Map<?, ?> map)) {
      throw TemplateException.type("argument after ** must be a mapping");
    }
    meter.steps(map.size());
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String name)) {
        throw TemplateException.type("keywords must be strings");
      }
      namedValues.put(name, entry.getValue());
    }
  }
}
