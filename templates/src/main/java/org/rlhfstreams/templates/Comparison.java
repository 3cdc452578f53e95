package org.rlhfstreams.templates;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Python's equality, order and membership. */
final class Comparison {
  private Comparison() {}

  static boolean compare(String operator, Object left, Object right, Meter meter) {
    return switch (operator) {
      case "==" -> equal(left, right, meter);
      case "!=" -> !equal(left, right, meter);
      case "in" -> contains(right, left, meter);
      case "not in" -> !contains(right, left, meter);
      case "<" -> ordered(left, right) && order(left, right, meter) < 0;
      case "<=" -> ordered(left, right) && order(left, right, meter) <= 0;
      case ">" -> ordered(left, right) && order(left, right, meter) > 0;
      default -> ordered(left, right) && order(left, right, meter) >= 0;
    };
  }

  static boolean equal(Object left, Object right, Meter meter) {
    meter.step();
    if (left == null || right == null) {
      return left == right;
    }
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return ordered(left, right) && orderNumbers(left, right) == 0;
    }
    if (left instanceof String first && right instanceof String second) {
      meter.scan(first.length() == second.length() ? first.length() : 0);
      return first.equals(second);
    }
    if (left instanceof List<?> first && right instanceof List<?> second) {
      return left instanceof TupleValue == right instanceof TupleValue
          && equalLists(first, second, meter);
    }
    if (left instanceof Map<?, ?> first && right instanceof Map<?, ?> second) {
      return equalMaps(first, second, meter);
    }
    return left instanceof Undefined ? right instanceof Undefined : left == right;
  }

  private static boolean equalLists(List<?> left, List<?> right, Meter meter) {
    if (left.size() != right.size()) {
      return false;
    }
    Iterator<?> others = right.iterator();
    for (Object element : left) {
      if (!equal(element, others.next(), meter)) {
        return false;
      }
    }
    return true;
  }

  private static boolean equalMaps(Map<?, ?> left, Map<?, ?> right, Meter meter) {
    if (left.size() != right.size()) {
      return false;
    }
    for (Map.Entry<?, ?> entry : left.entrySet()) {
      if (!Mappings.has(right, entry.getKey(), meter)
          || !equal(entry.getValue(), Mappings.get(right, entry.getKey(), meter), meter)) {
        return false;
      }
    }
    return true;
  }

  /** Negative, zero or positive as the left value comes before, with or after the right one. */
  static int order(Object left, Object right, Meter meter) {
    meter.step();
    Undefined.refuse(left);
    Undefined.refuse(right);
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return orderNumbers(left, right);
    }
    if (left instanceof String first && right instanceof String second) {
      meter.scan(Math.min(first.length(), second.length()));
      return orderTexts(first, second);
    }
    if (left instanceof List<?> first
        && right instanceof List<?> second
        && left instanceof TupleValue == right instanceof TupleValue) {
      for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
        if (!equal(first.get(i), second.get(i), meter)) {
          return order(first.get(i), second.get(i), meter);
        }
      }
      return Integer.compare(first.size(), second.size());
    }
    throw TemplateException.type(
        "'<' not supported between instances of '%s' and '%s'"
            .formatted(Values.typeName(left), Values.typeName(right)));
  }

  private static int orderNumbers(Object left, Object right) {
    if (!Numbers.isFloat(left) && !Numbers.isFloat(right)) {
      return Numbers.integer(left).compareTo(Numbers.integer(right));
    }
    double first = ((Number) Numbers.number(left)).doubleValue();
    double second = ((Number) Numbers.number(right)).doubleValue();
    return first == second ? 0 : Double.compare(first, second); // -0.0 and 0.0 are equal
  }

  private static int orderTexts(String left, String right) {
    int common = Math.min(left.length(), right.length());
    for (int i = 0; i < common; i++) {
      if (left.charAt(i) != right.charAt(i)) {
        return Integer.compare(codePointWith(left, i), codePointWith(right, i));
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  /** UTF-16 units do not sort as code points do where a surrogate is among them. */
  private static int codePointWith(String text, int index) {
    return Character.isLowSurrogate(text.charAt(index)) && index > 0
        ? text.codePointAt(index - 1)
        : text.codePointAt(index);
  }

  private static boolean ordered(Object left, Object right) {
    return !isNotANumber(left) && !isNotANumber(right);
  }

  private static boolean isNotANumber(Object value) {
    return value instanceof Double real && real.isNaN();
  }

  static boolean contains(Object container, Object value, Meter meter) {
    meter.step();
    if (container instanceof String text) {
      if (value instanceof String part) {
        return TextSearch.first(text, part, 0, meter) >= 0;
      }
      throw TemplateException.type(
          "'in <string>' requires string as left operand, not " + Values.typeName(value));
    }
    if (container instanceof Map<?, ?> map) {
      return Mappings.has(map, value, meter);
    }
    if (container == null || !isContainer(container)) {
      throw TemplateException.type(
          "argument of type '%s' is not iterable".formatted(Values.typeName(container)));
    }
    for (Object element : Values.elements(container, meter)) {
      if (equal(element, value, meter)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isContainer(Object value) {
    return value instanceof List || value instanceof Undefined;
  }
}
