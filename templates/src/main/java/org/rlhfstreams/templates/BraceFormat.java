package org.rlhfstreams.templates;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code str.format} with plain fields: {@code {}}, {@code {0}} and {@code {name}}. */
final class BraceFormat {
  private static final Pattern FIELD = Pattern.compile("\\{\\{|\\}\\}|\\{(\\w*)\\}|[{}]");
  private static final int LONGEST_NUMBER = 9;

  private BraceFormat() {}

  static String format(String format, Arguments arguments) {
    TextBuilder formatted = new TextBuilder(arguments.meter());
    Matcher field = FIELD.matcher(format);
    int from = 0;
    int automatic = 0;
    while (field.find()) {
      formatted.append(format, from, field.start());
      from = field.end();
      String name = field.group(1);
      if (name != null) {
        String number = name.isEmpty() ? String.valueOf(automatic++) : name;
        formatted.append(PythonText.str(value(number, arguments), arguments.meter()));
      } else if (field.end() - field.start() == 2) {
        formatted.append(field.group().charAt(0));
      } else {
        throw TemplateException.value(
            "a format field other than {}, {0} and {name} is not supported in '" + format + "'");
      }
    }
    return formatted.append(format, from, format.length()).toString();
  }

  private static Object value(String name, Arguments arguments) {
    if (name.chars().allMatch(Character::isDigit)) {
      int index = name.length() > LONGEST_NUMBER ? Integer.MAX_VALUE : Integer.parseInt(name);
      if (index >= arguments.positional().size()) {
        throw new TemplateException(
            "IndexError: Replacement index " + name + " out of range for positional args tuple");
      }
      return arguments.positional().get(index);
    }
    if (!arguments.named().containsKey(name)) {
      throw new TemplateException("KeyError: '" + name + "'");
    }
    return arguments.named().get(name);
  }
}
