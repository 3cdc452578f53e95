package org.rlhfstreams.templates;

import java.util.List;
import java.util.function.Predicate;

/** The methods of Python's {@code str}. */
final class StringMethods {
  private StringMethods() {}

  /** A text's method, or null where it has none of the name. */
  static Callable find(String text, String name) {
    Callable cutting = cutting(text, name);
    Callable asking = cutting == null ? asking(text, name) : cutting;
    return asking == null ? changing(text, name) : asking;
  }

  private static Callable cutting(String text, String name) {
    return switch (name) {
      case "strip" -> arguments -> strip(text, true, true, arguments);
      case "lstrip" -> arguments -> strip(text, true, false, arguments);
      case "rstrip" -> arguments -> strip(text, false, true, arguments);
      case "split" -> arguments -> split(text, false, arguments);
      case "rsplit" -> arguments -> split(text, true, arguments);
      case "splitlines" ->
          arguments -> TextPieces.lines(text, arguments.flag(0, "keepends"), arguments.meter());
      case "partition" -> arguments -> partition(text, false, arguments);
      case "rpartition" -> arguments -> partition(text, true, arguments);
      case "removeprefix" ->
          arguments -> {
            String prefix = arguments.requiredText(0, "prefix");
            return arguments
                .meter()
                .built(text.startsWith(prefix) ? text.substring(prefix.length()) : text);
          };
      case "removesuffix" ->
          arguments -> {
            String suffix = arguments.requiredText(0, "suffix");
            boolean ends = !suffix.isEmpty() && text.endsWith(suffix);
            return arguments
                .meter()
                .built(ends ? text.substring(0, text.length() - suffix.length()) : text);
          };
      default -> null;
    };
  }

  private static Callable asking(String text, String name) {
    return switch (name) {
      case "startswith" -> arguments -> hasAffix(arguments, text::startsWith);
      case "endswith" -> arguments -> hasAffix(arguments, text::endsWith);
      case "find" -> arguments -> place(text, find(text, false, arguments));
      case "rfind" -> arguments -> place(text, find(text, true, arguments));
      case "index" -> arguments -> foundPlace(text, find(text, false, arguments));
      case "rindex" -> arguments -> foundPlace(text, find(text, true, arguments));
      case "count" ->
          arguments -> TextPieces.count(text, arguments.requiredText(0, "sub"), arguments.meter());
      case "isdigit", "isdecimal", "isnumeric" ->
          arguments -> Letters.all(text, Character::isDigit, arguments.meter());
      case "isalpha" -> arguments -> Letters.all(text, Character::isLetter, arguments.meter());
      case "isalnum" ->
          arguments -> Letters.all(text, Character::isLetterOrDigit, arguments.meter());
      case "isspace" -> arguments -> Letters.all(text, Whitespace::is, arguments.meter());
      case "isupper" -> arguments -> Letters.isUpper(text, arguments.meter());
      case "islower" -> arguments -> Letters.isLower(text, arguments.meter());
      default -> null;
    };
  }

  private static Callable changing(String text, String name) {
    return switch (name) {
      case "upper" -> arguments -> Letters.upper(text, arguments.meter());
      case "lower", "casefold" -> arguments -> Letters.lower(text, arguments.meter());
      case "capitalize" -> arguments -> Letters.capitalize(text, arguments.meter());
      case "title" -> arguments -> Letters.title(text, arguments.meter());
      case "swapcase" -> arguments -> Letters.swapCase(text, arguments.meter());
      case "replace" ->
          arguments ->
              TextPieces.replace(
                  text,
                  arguments.requiredText(0, "old"),
                  arguments.requiredText(1, "new"),
                  arguments.integer(2, "count", -1),
                  arguments.meter());
      case "join" -> arguments -> join(text, arguments);
      case "zfill" -> arguments -> Padding.withZeros(text, arguments);
      case "center" -> arguments -> Padding.center(text, arguments);
      case "ljust" -> arguments -> Padding.left(text, arguments);
      case "rjust" -> arguments -> Padding.right(text, arguments);
      case "format" -> arguments -> BraceFormat.format(text, arguments);
      default -> null;
    };
  }

  private static Object strip(String text, boolean left, boolean right, Arguments arguments) {
    Object characters = arguments.get(0, "chars", null);
    if (characters != null && !(characters instanceof String)) {
      throw TemplateException.type("strip arg must be None or str");
    }
    arguments.meter().scan(text.length());
    return Whitespace.strip(text, (String) characters, left, right);
  }

  private static Object split(String text, boolean fromRight, Arguments arguments) {
    return TextPieces.split(
        text,
        arguments.get(0, "sep", null),
        arguments.integer(1, "maxsplit", -1),
        fromRight,
        arguments.meter());
  }

  private static Object partition(String text, boolean fromRight, Arguments arguments) {
    return TextPieces.partition(
        text, arguments.requiredText(0, "sep"), fromRight, arguments.meter());
  }

  private static boolean hasAffix(Arguments arguments, Predicate<String> predicate) {
    Object affix = arguments.required(0, "prefix");
    List<?> candidates = affix instanceof TupleValue tuple ? tuple : TupleValue.of(affix);
    boolean found = false;
    for (Object candidate : candidates) {
      if (!(candidate instanceof String text)) {
        throw TemplateException.type(
            "first arg must be str or a tuple of str, not " + Values.typeName(candidate));
      }
      arguments.meter().step();
      arguments.meter().scan(text.length());
      found |= predicate.test(text);
    }
    return found;
  }

  private static int find(String text, boolean last, Arguments arguments) {
    String part = arguments.requiredText(0, "sub");
    return last
        ? TextSearch.last(text, part, text.length(), arguments.meter())
        : TextSearch.first(text, part, 0, arguments.meter());
  }

  private static Object place(String text, int index) {
    return index < 0 ? -1L : (long) text.codePointCount(0, index);
  }

  private static Object foundPlace(String text, int index) {
    if (index < 0) {
      throw TemplateException.value("substring not found");
    }
    return place(text, index);
  }

  private static String join(String separator, Arguments arguments) {
    TextBuilder joined = new TextBuilder(arguments.meter());
    String between = "";
    for (Object element : Values.elements(arguments.required(0, "iterable"), arguments.meter())) {
      if (!(element instanceof String piece)) {
        throw TemplateException.type(
            "sequence item: expected str instance, %s found".formatted(Values.typeName(element)));
      }
      arguments.meter().step();
      joined.append(between).append(piece);
      between = separator;
    }
    return joined.toString();
  }
}
