package org.rlhfstreams.templates;

/** Python's ways to fill a text up to a width. */
final class Padding {
  private Padding() {}

  static String withZeros(String text, Arguments arguments) {
    boolean signed = text.startsWith("-") || text.startsWith("+");
    int digits = signed ? 1 : 0;
    return new TextBuilder(arguments.meter())
        .append(text, 0, digits)
        .repeat("0", missing(text, arguments))
        .append(text, digits, text.length())
        .toString();
  }

  static String center(String text, Arguments arguments) {
    return center(text, arguments.integer(0, "width", 80), fill(arguments), arguments.meter());
  }

  /** The odd space goes where Python puts it. */
  static String center(String text, long width, String fill, Meter meter) {
    long missing = Math.max(0, width - Values.length(text, meter));
    long left = missing / 2 + (missing & width & 1);
    return new TextBuilder(meter)
        .repeat(fill, left)
        .append(text)
        .repeat(fill, missing - left)
        .toString();
  }

  static String left(String text, Arguments arguments) {
    return new TextBuilder(arguments.meter())
        .append(text)
        .repeat(fill(arguments), missing(text, arguments))
        .toString();
  }

  static String right(String text, Arguments arguments) {
    return new TextBuilder(arguments.meter())
        .repeat(fill(arguments), missing(text, arguments))
        .append(text)
        .toString();
  }

  private static long missing(String text, Arguments arguments) {
    long width = Numbers.index(arguments.required(0, "width"));
    return Math.max(0, width - Values.length(text, arguments.meter()));
  }

  private static String fill(Arguments arguments) {
    String fill = arguments.text(1, "fillchar", " ");
    if (fill.codePointCount(0, fill.length()) != 1) {
      throw TemplateException.type("The fill character must be exactly one character long");
    }
    return fill;
  }
}
