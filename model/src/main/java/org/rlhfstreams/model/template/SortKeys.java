package org.rlhfstreams.model.template;

import java.util.Arrays;
import java.util.Comparator;

/** Compares values as the filters that sort do: texts without regard to case unless told. */
final class SortKeys {
  private SortKeys() {}

  static Comparator<Object> by(Object path, boolean caseSensitive, Meter meter) {
    if (path instanceof String text && text.contains(",")) {
      return Arrays.stream(text.split(",", -1))
          .map(part -> by(part, caseSensitive, meter))
          .reduce(Comparator::thenComparing)
          .orElseThrow();
    }
    return (left, right) ->
        Comparison.order(
            key(left, path, caseSensitive, meter), key(right, path, caseSensitive, meter), meter);
  }

  static Object key(Object value, Object path, boolean caseSensitive, Meter meter) {
    Object key = AttributePath.follow(value, path, meter);
    return !caseSensitive && key instanceof String text ? Letters.lower(text, meter) : key;
  }
}
