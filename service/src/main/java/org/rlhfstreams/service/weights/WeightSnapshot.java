package org.rlhfstreams.service.weights;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.rlhfstreams.events.WeightVersion;

/**
 * A whole, verified version.
 *
 * @param protocol that its learner's events follow, see {@link
 *     org.rlhfstreams.schemas.EventProtocol}
 * @param tensors in the order of the header
 */
public record WeightSnapshot(WeightVersion version, int protocol, List<PublishedTensor> tensors) {
  public WeightSnapshot {
    tensors = List.copyOf(tensors);
  }

  /** Row-major values by the tensor's name. */
  public Map<String, float[]> values() {
    return tensors.stream()
        .collect(
            Collectors.toMap(
                PublishedTensor::name, PublishedTensor::values, (former, later) -> later));
  }
}
