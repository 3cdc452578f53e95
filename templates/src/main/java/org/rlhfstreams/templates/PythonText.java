package org.rlhfstreams.templates;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The text that Python gives for a value. */
final class PythonText {
  private static final int STEPS_A_FLOAT = 20;
  private static final int DIGITS_OF_A_DOUBLE = 17;

  private PythonText() {}

  /** {@code str(value)}. */
  static String str(Object value, Meter meter) {
    if (value instanceof String text) {
      return text;
    }
    return value instanceof Undefined ? "" : repr(value, meter);
  }

  /** {@code repr(value)}. */
  static String repr(Object value, Meter meter) {
    TextBuilder text = new TextBuilder(meter);
    appendRepr(value, text);
    return text.toString();
  }

  private static void appendRepr(Object value, TextBuilder text) {
    if (value == null) {
      text.append("None");
    } else if (value instanceof Boolean truth) {
      text.append(truth ? "True" : "False");
    } else if (value instanceof Double real) {
      text.append(ofFloat(real, text.meter()));
    } else if (value instanceof Number) {
      text.append(Numbers.decimal(value, text.meter()));
    } else if (value instanceof String string) {
      appendQuoted(string, text);
    } else if (value instanceof Map<?, ?> map) {
      appendMap(map, text);
    } else if (value instanceof List<?> list) {
      appendList(list, text);
    } else {
      if (value instanceof GeneratorValue) {
        throw TemplateException.type(
            "a generator has no text: put list or join behind select, map, unique and their like");
      }
      text.append(value instanceof Undefined ? "Undefined" : "<" + Values.typeName(value) + ">");
    }
  }

  private static void appendMap(Map<?, ?> map, TextBuilder text) {
    text.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(separator);
      appendRepr(entry.getKey(), text);
      text.append(": ");
      appendRepr(entry.getValue(), text);
      separator = ", ";
    }
    text.append('}');
  }

  private static void appendList(List<?> list, TextBuilder text) {
    boolean tuple = list instanceof TupleValue;
    text.append(tuple ? '(' : '[');
    String separator = "";
    for (Object element : list) {
      text.append(separator);
      appendRepr(element, text);
      separator = ", ";
    }
    if (tuple && list.size() == 1) {
      text.append(',');
    }
    text.append(tuple ? ')' : ']');
  }

  private static void appendQuoted(String string, TextBuilder text) {
    char quote = string.indexOf('\'') >= 0 && string.indexOf('"') < 0 ? '"' : '\'';
    text.append(quote);
    string
        .codePoints()
        .forEach(
            codePoint -> {
              if (codePoint == quote || codePoint == '\\') {
                text.append('\\').append((char) codePoint);
              } else if (codePoint == '\n') {
                text.append("\\n");
              } else if (codePoint == '\r') {
                text.append("\\r");
              } else if (codePoint == '\t') {
                text.append("\\t");
              } else if (codePoint == ' ' || isPrintable(codePoint)) {
                text.appendCodePoint(codePoint);
              } else {
                text.append(escaped(codePoint));
              }
            });
    text.append(quote);
  }

  private static String escaped(int codePoint) {
    if (codePoint <= 0xff) {
      return String.format(Locale.ROOT, "\\x%02x", codePoint);
    }
    return String.format(Character.isBmpCodePoint(codePoint) ? "\\u%04x" : "\\U%08x", codePoint);
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** The shortest decimal that reads back as the same double, as Python writes it. */
  static String ofFloat(double real, Meter meter) {
    meter.steps(STEPS_A_FLOAT);
    if (Double.isNaN(real)) {
      return "nan";
    }
    if (Double.isInfinite(real)) {
      return real > 0 ? "inf" : "-inf";
    }
    if (real == 0) {
      return 1 / real < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = shortest(real);
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = shortest.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String digits = shortest.unscaledValue().abs().toString();
    String mantissa = digits.length() > 1 ? digits.charAt(0) + "." + digits.substring(1) : digits;
    return String.format(
        Locale.ROOT,
        "%s%se%s%02d",
        real < 0 ? "-" : "",
        mantissa,
        exponent < 0 ? "-" : "+",
        Math.abs(exponent));
  }

  private static BigDecimal shortest(double real) {
    BigDecimal exact = new BigDecimal(real);
    BigDecimal rounded = exact;
    for (int precision = 1; precision <= DIGITS_OF_A_DOUBLE; precision++) {
      rounded = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == real) {
        break;
      }
    }
    return rounded.stripTrailingZeros();
  }
}
