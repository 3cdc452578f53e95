package org.rlhfstreams.templates;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All tests by name. */
final class ValueTests {
  private static final Map<String, ValueTest> ALL = new HashMap<>();

  static {
    addKinds();
    addNumbers();
    addComparisons();
    addNames();
  }

  private ValueTests() {}

  static boolean has(String name) {
    return ALL.containsKey(name);
  }

  static ValueTest named(String name) {
    ValueTest test = ALL.get(name);
    if (test == null) {
      throw new TemplateException("TemplateRuntimeError: No test named '" + name + "'.");
    }
    return test;
  }

  private static void addKinds() {
    ALL.put("defined", (value, arguments) -> !(value instanceof Undefined));
    ALL.put("undefined", (value, arguments) -> value instanceof Undefined);
    ALL.put("none", (value, arguments) -> value == null);
    ALL.put("string", (value, arguments) -> value instanceof String);
    ALL.put("number", (value, arguments) -> Numbers.isNumber(value));
    ALL.put("integer", (value, arguments) -> Numbers.isInteger(value));
    ALL.put("float", (value, arguments) -> Numbers.isFloat(value));
    ALL.put("boolean", (value, arguments) -> value instanceof Boolean);
    ALL.put("true", (value, arguments) -> Boolean.TRUE.equals(value));
    ALL.put("false", (value, arguments) -> Boolean.FALSE.equals(value));
    ALL.put("mapping", (value, arguments) -> value instanceof Map);
    ALL.put("sequence", (value, arguments) -> isSequence(value));
    ALL.put("iterable", (value, arguments) -> isSequence(value) || value instanceof GeneratorValue);
    ALL.put(
        "callable", (value, arguments) -> value instanceof Undefined || value instanceof Callable);
    ALL.put("escaped", (value, arguments) -> false);
  }

  private static boolean isSequence(Object value) {
    return value instanceof String
        || value instanceof List
        || value instanceof Map
        || value instanceof Undefined;
  }

  private static void addNumbers() {
    ALL.put("odd", (value, arguments) -> leaves(value, 2L, 1L, arguments));
    ALL.put("even", (value, arguments) -> leaves(value, 2L, 0L, arguments));
    ALL.put(
        "divisibleby",
        (value, arguments) -> leaves(value, arguments.required(0, "num"), 0L, arguments));
  }

  private static boolean leaves(Object value, Object divisor, Object rest, Arguments arguments) {
    Object remainder = Arithmetic.remainder(value, divisor, arguments.meter());
    return Comparison.equal(remainder, rest, arguments.meter());
  }

  private static void addComparisons() {
    addComparison("==", "eq", "equalto");
    addComparison("!=", "ne");
    addComparison("<", "lt", "lessthan");
    addComparison("<=", "le");
    addComparison(">", "gt", "greaterthan");
    addComparison(">=", "ge");
    addComparison("in");
    ALL.put(
        "sameas",
        (value, arguments) -> {
          Object other = arguments.required(0, "other");
          return value instanceof Boolean ? value.equals(other) : value == other;
        });
  }

  private static void addComparison(String operator, String... names) {
    ValueTest test =
        (value, arguments) ->
            Comparison.compare(operator, value, arguments.required(0, "other"), arguments.meter());
    ALL.put(operator, test);
    for (String name : names) {
      ALL.put(name, test);
    }
  }

  private static void addNames() {
    ALL.put(
        "lower",
        (value, arguments) ->
            Letters.isLower(PythonText.str(value, arguments.meter()), arguments.meter()));
    ALL.put(
        "upper",
        (value, arguments) ->
            Letters.isUpper(PythonText.str(value, arguments.meter()), arguments.meter()));
    ALL.put("filter", (value, arguments) -> value instanceof String name && Filters.has(name));
    ALL.put("test", (value, arguments) -> value instanceof String name && has(name));
  }
}
