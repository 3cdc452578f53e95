package org.rlhfstreams.service.weights;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightHeader;

/**
 * The tensors of a reader's own model. Weights that it can use have exactly these, so that a header
 * announces no more than the model is large.
 *
 * @param shapes sizes by tensor name, outermost first
 */
public record ModelLayout(Map<String, List<Long>> shapes) {
  public ModelLayout {
    shapes = Map.copyOf(shapes);
  }

  /** The first difference of a header's tensors from these, if there is one. */
  public Optional<String> difference(WeightHeader header) {
    Set<String> seen = new HashSet<>();
    for (TensorLayout tensor : header.getTensors()) {
      List<Long> own = shapes.get(tensor.getName());
      if (!tensor.getShape().equals(own)) {
        return Optional.of(
            "its %s is %s, here it is %s"
                .formatted(tensor.getName(), tensor.getShape(), own == null ? "not known" : own));
      }
      if (!seen.add(tensor.getName())) {
        return Optional.of("it has %s twice".formatted(tensor.getName()));
      }
    }
    return seen.size() == shapes.size()
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT, "it has %d tensors, here there are %d", seen.size(), shapes.size()));
  }
}
