package org.rlhfstreams.templates;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A macro as it is written. As in Jinja2 it takes surplus arguments only where its body reads
 * {@code varargs}, {@code kwargs} or {@code caller}.
 */
record Macro(String name, Parameters parameters, Statement body, Set<String> namesRead) {
  static final String CALLER = "caller";
  private static final String SURPLUS_POSITIONAL = "varargs";
  private static final String SURPLUS_NAMED = "kwargs";

  Callable in(Scope definition) {
    return arguments -> call(definition, arguments);
  }

  private Object call(Scope definition, Arguments arguments) {
    Meter meter = arguments.meter();
    Scope scope = definition.child();
    meter.enterCall();
    List<String> names = parameters.names();
    for (int i = 0; i < names.size(); i++) {
      scope.set(names.get(i), argument(i, arguments, scope));
    }
    takeSurplus(scope, arguments);
    TextBuilder output = new TextBuilder(meter);
    body.execute(scope, output);
    meter.leaveCall();
    return output.toString();
  }

  private Object argument(int index, Arguments arguments, Scope scope) {
    String parameter = parameters.names().get(index);
    boolean positional = index < arguments.positional().size();
    if (positional && arguments.named().containsKey(parameter)) {
      throw TemplateException.type(
          "macro '%s' got multiple values for argument '%s'".formatted(name, parameter));
    }
    if (arguments.has(index, parameter)) {
      return arguments.get(index, parameter, null);
    }
    Expression otherwise = parameters.defaults().get(index);
    return otherwise != null
        ? otherwise.evaluate(scope)
        : new Undefined("parameter '" + parameter + "' was not provided");
  }

  private void takeSurplus(Scope scope, Arguments arguments) {
    Map<String, Object> named = new LinkedHashMap<>(arguments.named());
    parameters.names().forEach(named::remove);
    if (namesRead.contains(CALLER) && !parameters.names().contains(CALLER)) {
      scope.set(
          CALLER,
          named.containsKey(CALLER) ? named.get(CALLER) : new Undefined("No caller defined"));
      named.remove(CALLER);
    }
    if (namesRead.contains(SURPLUS_NAMED)) {
      scope.set(SURPLUS_NAMED, named);
    } else if (!named.isEmpty()) {
      throw TemplateException.type(
          "macro '%s' takes no keyword argument '%s'"
              .formatted(name, named.keySet().iterator().next()));
    }
    List<Object> surplus = arguments.after(parameters.names().size()).positional();
    if (namesRead.contains(SURPLUS_POSITIONAL)) {
      scope.set(SURPLUS_POSITIONAL, new TupleValue(surplus));
    } else if (!surplus.isEmpty()) {
      throw TemplateException.type(
          String.format(
              Locale.ROOT,
              "macro '%s' takes not more than %d argument(s)",
              name,
              parameters.names().size()));
    }
  }
}
