package org.rlhfstreams.templates;

import java.util.Comparator;

/** Compares values as the filters that sort do: texts without regard to case unless told. */
final class SortKeys {
  private SortKeys() {}

  static Comparator<Object> by(Object path, boolean caseSensitive, Meter meter) {
    return (left, right) ->
        Comparison.order(
            key(left, path, caseSensitive, meter), key(right, path, caseSensitive, meter), meter);
  }

  /**
   * Compares by one path after the other, where commas part them. Python compares lists of the keys
   * here, so that keys without order, such as what is undefined, may yet be equal.
   */
  static Comparator<Object> byEach(Object paths, boolean caseSensitive, Meter meter) {
    Object[] each = paths instanceof String text ? text.split(",", -1) : new Object[] {paths};
    return (left, right) -> {
      for (Object path : each) {
        Object first = key(left, path, caseSensitive, meter);
        Object second = key(right, path, caseSensitive, meter);
        if (!Comparison.equal(first, second, meter)) {
          return Comparison.order(first, second, meter);
        }
      }
      return 0;
    };
  }

  static Object key(Object value, Object path, boolean caseSensitive, Meter meter) {
    Object key = AttributePath.follow(value, path, meter);
    return !caseSensitive && key instanceof String text ? Letters.lower(text, meter) : key;
  }
}
