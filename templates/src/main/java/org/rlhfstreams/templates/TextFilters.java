package org.rlhfstreams.templates;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filters that make text. */
final class TextFilters {
  private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern TITLE_PART =
      Pattern.compile("[-\\s({\\[<]+|[^-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final String TITLE_SEPARATORS = "-({[<";

  private TextFilters() {}

  static void addTo(Map<String, Filter> filters) {
    filters.put("string", TextFilters::text);
    filters.put("safe", TextFilters::text);
    filters.put("trim", TextFilters::trim);
    filters.put(
        "upper", (value, arguments) -> Letters.upper(text(value, arguments), arguments.meter()));
    filters.put(
        "lower", (value, arguments) -> Letters.lower(text(value, arguments), arguments.meter()));
    filters.put(
        "capitalize",
        (value, arguments) -> Letters.capitalize(text(value, arguments), arguments.meter()));
    filters.put("title", TextFilters::title);
    for (String name : new String[] {"e", "escape", "forceescape"}) {
      filters.put(name, TextFilters::escape);
    }
    filters.put("join", TextFilters::join);
    filters.put("replace", TextFilters::replace);
    filters.put("indent", (value, arguments) -> Indentation.apply(value, arguments));
    filters.put("tojson", JsonText::of);
    filters.put("truncate", TextFilters::truncate);
    filters.put("wordcount", TextFilters::wordCount);
    filters.put("center", TextFilters::center);
    filters.put(
        "format", (value, arguments) -> PercentFormat.format(text(value, arguments), arguments));
  }

  private static String text(Object value, Arguments arguments) {
    return PythonText.str(value, arguments.meter());
  }

  private static Object trim(Object value, Arguments arguments) {
    String text = text(value, arguments);
    Object characters = arguments.get(0, "chars", null);
    arguments.meter().scan(text.length());
    return Whitespace.strip(
        text, characters == null ? null : text(characters, arguments), true, true);
  }

  private static Object title(Object value, Arguments arguments) {
    Matcher part = TITLE_PART.matcher(text(value, arguments));
    TextBuilder title = new TextBuilder(arguments.meter());
    while (part.find()) {
      int first = part.group().codePointAt(0);
      boolean separator = Whitespace.is(first) || TITLE_SEPARATORS.indexOf(first) >= 0;
      title.append(separator ? part.group() : Letters.capitalize(part.group(), arguments.meter()));
    }
    return title.toString();
  }

  private static Object escape(Object value, Arguments arguments) {
    return escaped(text(value, arguments), arguments.meter());
  }

  /** A text as HTML shows it. */
  static String escaped(String text, Meter meter) {
    TextBuilder escaped = new TextBuilder(meter);
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      switch (character) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '\'' -> escaped.append("&#39;");
        case '"' -> escaped.append("&#34;");
        default -> escaped.append(character);
      }
    }
    return escaped.toString();
  }

  private static Object join(Object value, Arguments arguments) {
    String separator = arguments.text(0, "d", "");
    Object attribute = arguments.get(1, "attribute", null);
    TextBuilder joined = new TextBuilder(arguments.meter());
    String between = "";
    for (Object element : Values.elements(value, arguments.meter())) {
      arguments.meter().step();
      joined.append(between);
      joined.append(text(AttributePath.follow(element, attribute, arguments.meter()), arguments));
      between = separator;
    }
    return joined.toString();
  }

  private static Object replace(Object value, Arguments arguments) {
    Object count = arguments.get(2, "count", null);
    return TextPieces.replace(
        text(value, arguments),
        text(arguments.required(0, "old"), arguments),
        text(arguments.required(1, "new"), arguments),
        count == null ? -1 : Numbers.index(count),
        arguments.meter());
  }

  private static Object truncate(Object value, Arguments arguments) {
    String text = text(value, arguments);
    String end = arguments.text(2, "end", "...");
    Object given = arguments.get(3, "leeway", null);
    long leeway = given == null ? 5 : Numbers.index(given);
    long length = arguments.integer(0, "length", 255);
    long endLength = Values.length(end, arguments.meter());
    if (length < endLength || leeway < 0) {
      throw new TemplateException(
          String.format(
              Locale.ROOT,
              "AssertionError: truncate: expected length >= %d and leeway >= 0",
              endLength));
    }
    if (Values.length(text, arguments.meter()) <= length + leeway) {
      return text;
    }
    String cut = (String) Access.slice(text, 0L, length - endLength, null, arguments.meter());
    int lastSpace = cut.lastIndexOf(' ');
    boolean keepWords = !arguments.flag(1, "killwords") && lastSpace >= 0;
    return arguments.meter().built((keepWords ? cut.substring(0, lastSpace) : cut) + end);
  }

  private static Object wordCount(Object value, Arguments arguments) {
    String text = text(value, arguments);
    arguments.meter().scan(text.length());
    return WORD.matcher(text).results().count();
  }

  private static Object center(Object value, Arguments arguments) {
    return Padding.center(
        text(value, arguments), arguments.integer(0, "width", 80), " ", arguments.meter());
  }
}
