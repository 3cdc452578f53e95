package org.rlhfstreams.templates;

/** What {@code indent} and {@code tojson} put before a line, given as a width or a text. */
final class Indentation {
  private Indentation() {}

  static String of(Object width, Meter meter) {
    return width instanceof String text
        ? text
        : new TextBuilder(meter).repeat(" ", Numbers.index(width)).toString();
  }

  /** The filter {@code indent}. */
  static String apply(Object value, Arguments arguments) {
    if (!(Undefined.refuse(value) instanceof String text)) {
      throw TemplateException.type("indent needs a str, not " + Values.typeName(value));
    }
    String padding = of(arguments.get(0, "width", 4L), arguments.meter());
    boolean first = arguments.flag(1, "first");
    boolean blank = arguments.flag(2, "blank");
    TextBuilder indented = new TextBuilder(arguments.meter());
    int from = 0;
    while (from <= text.length()) {
      int end = text.indexOf('\n', from);
      int until = end < 0 ? text.length() : end;
      if (from == 0 ? first : blank || until > from) {
        indented.append(padding);
      }
      indented.append(text, from, until).append(end < 0 ? "" : "\n");
      from = until + 1;
    }
    return indented.toString();
  }
}
