package org.rlhfstreams.templates;

import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** The functions that every chat template may call. */
final class Globals {
  /** Jinja2's own, where it runs in a sandbox as transformers has it. */
  private static final long LONGEST_RANGE = 100_000;

  private Globals() {}

  static Map<String, Object> functions(Supplier<ZonedDateTime> clock) {
    Map<String, Object> functions = new HashMap<>();
    functions.put("range", (Callable) Globals::range);
    functions.put("namespace", (Callable) Globals::namespace);
    functions.put("dict", (Callable) Globals::dict);
    functions.put("joiner", (Callable) Globals::joiner);
    functions.put("raise_exception", (Callable) Globals::raise);
    functions.put(
        "strftime_now",
        (Callable)
            arguments ->
                Strftime.format(
                    arguments.requiredText(0, "format"), clock.get(), arguments.meter()));
    return functions;
  }

  private static Object range(Arguments arguments) {
    boolean fromZero = arguments.positional().size() == 1;
    long from = fromZero ? 0 : Numbers.index(arguments.required(0, "start"));
    long until = Numbers.index(arguments.required(fromZero ? 0 : 1, "stop"));
    long step = arguments.integer(2, "step", 1);
    if (step == 0) {
      throw TemplateException.value("range() arg 3 must not be zero");
    }
    long length = Math.max(0, (until - from + step - Long.signum(step)) / step);
    if (length > LONGEST_RANGE) {
      throw Numbers.overflow(
          String.format(
              Locale.ROOT,
              "Range too big. The sandbox blocks ranges larger than %d.",
              LONGEST_RANGE));
    }
    arguments.meter().steps(length);
    List<Object> range = new ArrayList<>();
    for (long i = 0; i < length; i++) {
      range.add(from + i * step);
    }
    return range;
  }

  private static Object namespace(Arguments arguments) {
    Namespace namespace = new Namespace();
    dict(arguments)
        .forEach((name, value) -> namespace.set(PythonText.str(name, arguments.meter()), value));
    return namespace;
  }

  private static Map<Object, Object> dict(Arguments arguments) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (Object value : arguments.positional()) {
      Mappings.putAll(map, value, arguments.meter());
    }
    Mappings.putAll(map, arguments.named(), arguments.meter());
    return map;
  }

  /** Nothing the first time, the separator from then on. */
  private static Object joiner(Arguments arguments) {
    String separator = arguments.text(0, "sep", ", ");
    boolean[] used = {false};
    return (Callable)
        call -> {
          boolean first = !used[0];
          used[0] = true;
          return first ? "" : separator;
        };
  }

  private static Object raise(Arguments arguments) {
    throw new TemplateException("TemplateError: " + arguments.text(0, "message", ""));
  }
}
