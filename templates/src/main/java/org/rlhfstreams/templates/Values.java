package org.rlhfstreams.templates;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What every value is to Python. Inside of the engine a value is null, a Boolean, Long, BigInteger
 * (only beyond a Long), Double, String, List, Map, or one of this package's own.
 */
final class Values {
  private Values() {}

  /**
   * A value of the caller as one of the engine's, apart from what the caller does with it later.
   */
  static Object fromContext(Object value) {
    if (value == null || value instanceof Boolean || value instanceof String) {
      return value;
    }
    if (value instanceof Number number) {
      return fromNumber(number);
    }
    if (value instanceof CharSequence || value instanceof Character) {
      return value.toString();
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, element) -> copy.put(fromContext(key), fromContext(element)));
      return copy;
    }
    if (value instanceof Collection<?> collection) {
      List<Object> copy = new ArrayList<>(collection.size());
      collection.forEach(element -> copy.add(fromContext(element)));
      return copy;
    }
    throw TemplateException.type(
        "a template cannot see a %s: give it maps, lists, texts, numbers, booleans and null"
            .formatted(value.getClass().getName()));
  }

  private static Object fromNumber(Number number) {
    if (number instanceof BigInteger integer) {
      return Numbers.shortest(integer);
    }
    return number instanceof Double || number instanceof Float || number instanceof BigDecimal
        ? (Object) number.doubleValue()
        : (Object) number.longValue();
  }

  static boolean isTrue(Object value) {
    if (value == null || value instanceof Undefined) {
      return false;
    }
    if (value instanceof Boolean truth) {
      return truth;
    }
    if (value instanceof String text) {
      return !text.isEmpty();
    }
    if (value instanceof Number number) {
      return number.doubleValue() != 0;
    }
    if (value instanceof List<?> list) {
      return !list.isEmpty();
    }
    return !(value instanceof Map<?, ?> map) || !map.isEmpty(); // a generator is true
  }

  /** What a loop over a value goes through. */
  static List<?> elements(Object value, Meter meter) {
    if (value instanceof Undefined) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    if (value instanceof GeneratorValue generator) {
      return generator.take();
    }
    if (value instanceof Map<?, ?> map) {
      meter.steps(map.size());
      return new ArrayList<>(map.keySet());
    }
    if (value instanceof String text) {
      meter.steps(text.length());
      return text.codePoints().mapToObj(Character::toString).toList();
    }
    throw TemplateException.type("'" + typeName(value) + "' object is not iterable");
  }

  /** A new list of what a loop over a value goes through. */
  static List<Object> list(Object value, Meter meter) {
    List<?> elements = elements(value, meter);
    meter.steps(elements.size());
    return new ArrayList<>(elements);
  }

  static List<Object> items(Map<?, ?> map, Meter meter) {
    meter.steps(2L * map.size());
    List<Object> items = new ArrayList<>(map.size());
    map.forEach((key, value) -> items.add(TupleValue.of(key, value)));
    return items;
  }

  static Map<?, ?> mapping(Object value) {
    if (Undefined.refuse(value) instanceof Map<?, ?> map) {
      return map;
    }
    throw TemplateException.type("Can only get item pairs from a mapping.");
  }

  static long length(Object value, Meter meter) {
    if (value instanceof Undefined) {
      return 0;
    }
    if (value instanceof String text) {
      meter.scan(text.length());
      return text.codePointCount(0, text.length());
    }
    if (value instanceof List<?> list) {
      return list.size();
    }
    if (value instanceof Map<?, ?> map) {
      return map.size();
    }
    throw TemplateException.type("object of type '" + typeName(value) + "' has no len()");
  }

  static String typeName(Object value) {
    if (value == null) {
      return "NoneType";
    }
    if (value instanceof Boolean) {
      return "bool";
    }
    if (value instanceof String) {
      return "str";
    }
    if (value instanceof Number) {
      return value instanceof Double ? "float" : "int";
    }
    if (value instanceof Map) {
      return "dict";
    }
    if (value instanceof List) {
      return value instanceof TupleValue ? "tuple" : "list";
    }
    if (value instanceof GeneratorValue) {
      return "generator";
    }
    if (value instanceof Callable) {
      return "function";
    }
    return value instanceof LoopState ? "LoopContext" : value.getClass().getSimpleName();
  }
}
