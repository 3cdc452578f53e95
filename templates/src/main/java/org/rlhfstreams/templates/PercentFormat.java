package org.rlhfstreams.templates;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code '%s' % value}. */
final class PercentFormat {
  private static final Pattern DIRECTIVE =
      Pattern.compile("%(?:\\(([^()]*)\\))?([-+0 #]*)(\\d*)(?:\\.(\\d*))?([a-zA-Z%])");
  private static final int DEFAULT_PRECISION = 6;

  private final List<?> values;
  private final Meter meter;
  private int used;

  private PercentFormat(List<?> values, Meter meter) {
    this.values = values;
    this.meter = meter;
  }

  /** The operator {@code %}: a tuple is many values, all else is one. */
  static String format(String format, Object value, Meter meter) {
    List<?> values = value instanceof TupleValue tuple ? tuple : TupleValue.of(value);
    boolean mayStayUnused =
        value instanceof Map || (value instanceof List && !(value instanceof TupleValue));
    return new PercentFormat(values, meter).format(format, mayStayUnused);
  }

  /** The filter {@code format}. */
  static String format(String format, Arguments arguments) {
    if (!arguments.positional().isEmpty() && !arguments.named().isEmpty()) {
      throw TemplateException.type(
          "can't handle positional and keyword arguments at the same time");
    }
    return arguments.named().isEmpty()
        ? format(format, new TupleValue(arguments.positional()), arguments.meter())
        : format(format, arguments.named(), arguments.meter());
  }

  private String format(String format, boolean mayStayUnused) {
    TextBuilder formatted = new TextBuilder(meter);
    Matcher directive = DIRECTIVE.matcher(format);
    int from = 0;
    int found = format.indexOf('%');
    while (found >= 0) {
      formatted.append(format, from, found);
      if (!directive.region(found, format.length()).lookingAt()) {
        throw TemplateException.value("incomplete or unsupported format");
      }
      appendDirective(directive, formatted);
      from = directive.end();
      found = format.indexOf('%', from);
    }
    if (used < values.size() && !mayStayUnused) {
      throw TemplateException.type("not all arguments converted during string formatting");
    }
    return formatted.append(format, from, format.length()).toString();
  }

  private void appendDirective(Matcher directive, TextBuilder formatted) {
    char kind = directive.group(5).charAt(0);
    if (kind == '%') {
      formatted.append('%');
      return;
    }
    Object value = value(directive.group(1));
    String flags = directive.group(2);
    boolean text = kind == 's' || kind == 'r';
    String converted =
        converted(kind, value, number(directive.group(4), kind == 'f' ? DEFAULT_PRECISION : -1));
    String sign = "";
    if (!text) {
      sign = converted.startsWith("-") ? "-" : flags.contains("+") ? "+" : "";
      sign = sign.isEmpty() && flags.contains(" ") ? " " : sign;
      converted = converted.startsWith("-") ? converted.substring(1) : converted;
    }
    long missing = number(directive.group(3), 0) - sign.length() - Values.length(converted, meter);
    if (flags.contains("-")) {
      formatted.append(sign).append(converted).repeat(" ", missing);
    } else if (flags.contains("0") && !text) {
      formatted.append(sign).repeat("0", missing).append(converted);
    } else {
      formatted.repeat(" ", missing).append(sign).append(converted);
    }
  }

  private Object value(String key) {
    if (key != null) {
      if (values.size() == 1 && values.get(0) instanceof Map<?, ?> map) {
        used = 1;
        if (!Mappings.has(map, key, meter)) {
          throw new TemplateException("KeyError: " + PythonText.repr(key, meter));
        }
        return Mappings.get(map, key, meter);
      }
      throw TemplateException.type("format requires a mapping");
    }
    if (used >= values.size()) {
      throw TemplateException.type("not enough arguments for format string");
    }
    return values.get(used++);
  }

  private int number(String digits, int otherwise) {
    if (digits == null) {
      return otherwise;
    }
    if (digits.length() > 9) {
      throw TemplateException.value("width or precision too big");
    }
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  private String converted(char kind, Object value, int precision) {
    return switch (kind) {
      case 's' -> cut(PythonText.str(value, meter), precision);
      case 'r' -> cut(PythonText.repr(value, meter), precision);
      case 'd', 'i' -> Numbers.decimal(whole(kind, value), meter);
      case 'x' -> integer(kind, value).toString(16);
      case 'X' -> integer(kind, value).toString(16).toUpperCase(Locale.ROOT);
      case 'o' -> integer(kind, value).toString(8);
      case 'f', 'F' -> fixed(value, precision, meter);
      default -> throw TemplateException.value("unsupported format character '" + kind + "'");
    };
  }

  private static Object whole(char kind, Object value) {
    if (!Numbers.isNumber(value)) {
      throw TemplateException.type(
          "%%%c format: a real number is required, not %s".formatted(kind, Values.typeName(value)));
    }
    return Numbers.number(value) instanceof Double real
        ? Numbers.truncated(real)
        : Numbers.number(value);
  }

  private BigInteger integer(char kind, Object value) {
    if (!Numbers.isIndex(value)) {
      throw TemplateException.type(
          "%%%c format: an integer is required, not %s".formatted(kind, Values.typeName(value)));
    }
    BigInteger integer = Numbers.integer(value);
    meter.text(integer.bitLength());
    return integer;
  }

  /** A number with a fixed count of digits after its point. */
  static String fixed(Object value, int precision, Meter meter) {
    double real = Numbers.real(value);
    if (Double.isNaN(real) || Double.isInfinite(real)) {
      return PythonText.ofFloat(real, meter);
    }
    meter.text(precision + (long) Double.MAX_EXPONENT);
    String digits =
        new BigDecimal(real).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    boolean negativeZero = !digits.startsWith("-") && (real < 0 || 1 / real < 0);
    return negativeZero ? "-" + digits : digits;
  }

  private String cut(String text, int precision) {
    return precision < 0 ? text : (String) Access.slice(text, null, (long) precision, null, meter);
  }
}
