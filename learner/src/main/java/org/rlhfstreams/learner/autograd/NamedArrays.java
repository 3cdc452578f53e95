package org.rlhfstreams.learner.autograd;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Records of arrays, taken apart and put together by the names of their components. */
final class NamedArrays {
  private NamedArrays() {}

  /** Names of a record's components, in order. */
  static List<String> names(Class<? extends Record> type) {
    return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
  }

  /**
   * The arrays of a record by component name, in order.
   *
   * @throws IllegalArgumentException if a component is not a {@code double[]}
   */
  static Map<String, double[]> of(Record record) {
    Map<String, double[]> arrays = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      if (!(value(record, component) instanceof double[] array)) {
        throw new IllegalArgumentException(
            "%s.%s is not a double[]: an objective's settings belong to the objective"
                .formatted(record.getClass().getSimpleName(), component.getName()));
      }
      arrays.put(component.getName(), array);
    }
    return arrays;
  }

  private static Object value(Record record, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }

  /** A record whose components have the values that {@code values} has for their names. */
  static <R extends Record> R record(Class<R> type, Function<String, ?> values) {
    try {
      Constructor<R> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(type.getRecordComponents())
                  .map(RecordComponent::getType)
                  .toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(names(type).stream().map(values).toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " cannot be constructed", e);
    }
  }
}
