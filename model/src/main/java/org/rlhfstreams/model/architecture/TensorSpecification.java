package org.rlhfstreams.model.architecture;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A tensor that a configuration asks for.
 *
 * @param name as in the checkpoint file
 * @param shape sizes, outermost first
 */
public record TensorSpecification(String name, List<Long> shape) {
  public TensorSpecification {
    shape = List.copyOf(shape);
  }

  static TensorSpecification of(String name, long... shape) {
    return new TensorSpecification(name, Arrays.stream(shape).boxed().toList());
  }

  /** Number of elements. */
  public long size() {
    return shape.stream().reduce(1L, (a, b) -> a * b);
  }

  /** Shapes by tensor name. */
  public static Map<String, List<Long>> shapes(List<TensorSpecification> specifications) {
    return specifications.stream()
        .collect(Collectors.toMap(TensorSpecification::name, TensorSpecification::shape));
  }
}
