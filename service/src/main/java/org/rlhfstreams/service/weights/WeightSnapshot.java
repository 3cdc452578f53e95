package org.rlhfstreams.service.weights;

import java.util.List;
import org.rlhfstreams.events.WeightVersion;

/**
 * A whole, verified version.
 *
 * @param tensors in the order of the header
 */
public record WeightSnapshot(WeightVersion version, List<NamedTensor> tensors) {
  public WeightSnapshot {
    tensors = List.copyOf(tensors);
  }
}
