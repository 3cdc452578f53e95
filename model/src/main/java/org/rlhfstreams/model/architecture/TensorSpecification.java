package org.rlhfstreams.model.architecture;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.rlhfstreams.model.ModelException;

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

  /**
   * Values of named tensors in the order of what is asked for.
   *
   * @param tensors row-major values by tensor name
   * @throws ModelException where they are of another architecture
   */
  public static List<float[]> inOrder(
      List<TensorSpecification> specifications, Map<String, float[]> tensors) {
    if (tensors.size() != specifications.size()) {
      throw new ModelException(
          String.format(
              Locale.ROOT,
              "it has %d tensors where this model has %d: it is of another architecture",
              tensors.size(),
              specifications.size()));
    }
    for (TensorSpecification specification : specifications) {
      float[] values = tensors.get(specification.name());
      if (values == null || values.length != specification.size()) {
        throw new ModelException(
            "tensor %s is %s, not of shape %s: it is of another architecture"
                .formatted(
                    specification.name(),
                    values == null ? "missing" : "of " + values.length + " elements",
                    specification.shape()));
      }
    }
    return specifications.stream().map(tensor -> tensors.get(tensor.name())).toList();
  }
}
