package org.rlhfstreams.templates;

/** What filters take as {@code attribute}: a key, an index, or a path of them with dots. */
final class AttributePath {
  private static final int LONGEST_INDEX = 9;

  private AttributePath() {}

  /** The value at a path; the value itself where the path is null. */
  static Object follow(Object value, Object path, Meter meter) {
    if (path == null) {
      return value;
    }
    if (!(path instanceof String text)) {
      return Access.element(value, path, meter);
    }
    Object at = value;
    for (String name : text.split("\\.", -1)) {
      at = Access.element(at, isIndex(name) ? (Object) Long.valueOf(name) : name, meter);
    }
    return at;
  }

  private static boolean isIndex(String name) {
    return !name.isEmpty()
        && name.length() <= LONGEST_INDEX
        && name.chars().allMatch(character -> character >= '0' && character <= '9');
  }
}
