package org.rlhfstreams.templates;

import java.util.List;
import java.util.Locale;

/** What a value is assigned to: a name, a namespace's attribute, or a tuple of targets. */
interface AssignmentTarget {
  void assign(Object value, Scope scope);

  static AssignmentTarget name(String name) {
    return (value, scope) -> scope.set(name, value);
  }

  static AssignmentTarget attribute(String name, String attribute) {
    return (value, scope) -> {
      if (!(scope.get(name) instanceof Namespace namespace)) {
        throw new TemplateException(
            "TemplateRuntimeError: cannot assign attribute on non-namespace object");
      }
      namespace.set(attribute, value);
    };
  }

  static AssignmentTarget tuple(List<AssignmentTarget> targets) {
    return (value, scope) -> {
      if (value instanceof Undefined undefined) {
        throw undefined.error();
      }
      List<?> values = Values.elements(value, scope.meter());
      if (values.size() != targets.size()) {
        throw TemplateException.value(
            String.format(
                Locale.ROOT, "cannot unpack %d values into %d", values.size(), targets.size()));
      }
      for (int i = 0; i < targets.size(); i++) {
        targets.get(i).assign(values.get(i), scope);
      }
    };
  }
}
