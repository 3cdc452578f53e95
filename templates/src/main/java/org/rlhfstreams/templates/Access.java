package org.rlhfstreams.templates;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Attributes, elements and slices of values. */
final class Access {
  private Access() {}

  /** {@code value.name}: a method or attribute before an element. */
  static Object attribute(Object value, String name, Meter meter) {
    Undefined.refuse(value);
    meter.step();
    if (value instanceof LoopState loop) {
      return loop.attribute(name);
    }
    if (value instanceof Namespace namespace) {
      return namespace.get(name);
    }
    Callable method = Methods.find(value, name);
    if (method != null) {
      return method;
    }
    if (value instanceof Map<?, ?> map && map.containsKey(name)) {
      return map.get(name);
    }
    return new Undefined(
        "%s has no attribute '%s'"
            .formatted(value == null ? "None" : "'" + Values.typeName(value) + " object'", name));
  }

  /** {@code value[key]}: an element before an attribute. */
  static Object element(Object value, Object key, Meter meter) {
    Undefined.refuse(value);
    meter.step();
    if (value instanceof Map<?, ?> map) {
      return elementOfMap(map, key, meter);
    }
    if (Numbers.isIndex(key) && value instanceof List<?> list) {
      long index = fromEnd(Numbers.index(key), list.size());
      return index >= 0 && index < list.size()
          ? list.get((int) index)
          : noElement(value, key, meter);
    }
    if (Numbers.isIndex(key) && value instanceof String text) {
      long length = Values.length(text, meter);
      long index = fromEnd(Numbers.index(key), length);
      return index >= 0 && index < length
          ? Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) index)))
          : noElement(value, key, meter);
    }
    return key instanceof String name
        ? attribute(value, name, meter)
        : noElement(value, key, meter);
  }

  private static Object elementOfMap(Map<?, ?> map, Object key, Meter meter) {
    if ((key instanceof List && !(key instanceof TupleValue)) || key instanceof Map) {
      return noElement(map, key, meter);
    }
    if (Mappings.has(map, key, meter)) {
      return Mappings.get(map, key, meter);
    }
    Callable method = key instanceof String name ? Methods.find(map, name) : null;
    return method != null
        ? method
        : new Undefined("'dict object' has no attribute " + PythonText.repr(key, meter));
  }

  private static Undefined noElement(Object value, Object key, Meter meter) {
    return new Undefined(
        "%s object has no element %s"
            .formatted(Values.typeName(value), PythonText.repr(key, meter)));
  }

  private static long fromEnd(long index, long length) {
    return index < 0 ? index + length : index;
  }

  /** {@code value[from:until:step]}, each null where it is not given. */
  static Object slice(Object value, Object from, Object until, Object step, Meter meter) {
    Undefined.refuse(value);
    if (value instanceof String text) {
      meter.text(text.length());
      int[] codePoints = text.codePoints().toArray();
      StringBuilder slice = new StringBuilder();
      places(codePoints.length, from, until, step)
          .forEach(place -> slice.appendCodePoint(codePoints[place]));
      return slice.toString();
    }
    if (value instanceof List<?> list) {
      meter.steps(list.size());
      List<Object> slice = new ArrayList<>();
      places(list.size(), from, until, step).forEach(place -> slice.add(list.get(place)));
      return value instanceof TupleValue ? new TupleValue(slice) : slice;
    }
    throw TemplateException.type("'" + Values.typeName(value) + "' object is not subscriptable");
  }

  private static List<Integer> places(int length, Object from, Object until, Object step) {
    long stride = step == null ? 1 : Numbers.index(step);
    if (stride == 0) {
      throw TemplateException.value("slice step cannot be zero");
    }
    long lowest = stride > 0 ? 0 : -1;
    long highest = stride > 0 ? length : length - 1;
    long start = bound(from, stride > 0 ? lowest : highest, length, lowest, highest);
    long end = bound(until, stride > 0 ? highest : lowest, length, lowest, highest);
    List<Integer> places = new ArrayList<>();
    for (long place = start; stride > 0 ? place < end : place > end; place += stride) {
      places.add((int) place);
    }
    return places;
  }

  private static long bound(Object given, long otherwise, long length, long lowest, long highest) {
    return given == null
        ? otherwise
        : Math.max(lowest, Math.min(highest, fromEnd(Numbers.index(given), length)));
  }

  static Object call(Object function, Arguments arguments) {
    Undefined.refuse(function);
    if (function instanceof Callable callable) {
      arguments.meter().step();
      return callable.call(arguments);
    }
    throw TemplateException.type(
        "'%s' object is not callable".formatted(Values.typeName(function)));
  }
}
