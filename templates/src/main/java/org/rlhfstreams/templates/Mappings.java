package org.rlhfstreams.templates;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Dictionaries by Python's rules for keys: {@code 1}, {@code 1.0} and {@code True} are one key. */
final class Mappings {
  private Mappings() {}

  static boolean has(Map<?, ?> map, Object key, Meter meter) {
    return find(map, key, meter) != null;
  }

  /** The value of a key, or null. */
  static Object get(Map<?, ?> map, Object key, Meter meter) {
    Map.Entry<?, ?> entry = find(map, key, meter);
    return entry == null ? null : entry.getValue();
  }

  static void put(Map<Object, Object> map, Object key, Object value, Meter meter) {
    meter.steps(2);
    Map.Entry<?, ?> present = find(map, key, meter);
    map.put(present == null ? key : present.getKey(), value);
  }

  /** {@code dict(value)} put into a map: of a map, or of pairs. */
  static void putAll(Map<Object, Object> map, Object value, Meter meter) {
    if (value instanceof Map<?, ?> other) {
      other.forEach((key, element) -> put(map, key, element, meter));
      return;
    }
    for (Object element : Values.elements(value, meter)) {
      List<?> pair = Values.elements(element, meter);
      if (pair.size() != 2) {
        throw TemplateException.value(
            "dictionary update sequence element has length " + pair.size() + "; 2 is required");
      }
      put(map, pair.get(0), pair.get(1), meter);
    }
  }

  static Map<Object, Object> copy(Map<?, ?> map, Meter meter) {
    meter.steps(map.size());
    return new LinkedHashMap<>(map);
  }

  private static Map.Entry<?, ?> find(Map<?, ?> map, Object key, Meter meter) {
    checkHashable(key, meter);
    if (!Numbers.isNumber(key)) {
      Object value = map.get(key);
      return value == null && !map.containsKey(key) ? null : new Found(key, value);
    }
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (Comparison.equal(entry.getKey(), key, meter)) {
        return entry;
      }
    }
    return null;
  }

  /** Hashing goes through a whole value: it is paid for, and refused for what may change. */
  private static void checkHashable(Object key, Meter meter) {
    meter.step();
    if (key instanceof String text) {
      meter.scan(text.length());
    } else if (key instanceof TupleValue tuple) {
      tuple.forEach(element -> checkHashable(element, meter));
    } else if (key instanceof List || key instanceof Map) {
      throw TemplateException.type("unhashable type: '" + Values.typeName(key) + "'");
    }
  }

  private record Found(Object key, Object value) implements Map.Entry<Object, Object> {
    @Override
    public Object getKey() {
      return key;
    }

    @Override
    public Object getValue() {
      return value;
    }

    @Override
    public Object setValue(Object replacement) {
      throw new UnsupportedOperationException();
    }
  }
}
