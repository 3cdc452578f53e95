package org.rlhfstreams.learner.training;

import java.util.List;
import java.util.Optional;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.ModelConfiguration;

/**
 * A model as others use it.
 *
 * @param values its tensors in the order that its configuration gives them
 * @param adapters where those alone were trained
 */
public record TrainedModel(
    ModelConfiguration configuration, List<float[]> values, Optional<Adapters> adapters) {
  public TrainedModel {
    values = List.copyOf(values);
  }

  /**
   * The adapters that are merged into the values.
   *
   * @param values their tensors, in the order that they are described in
   */
  public record Adapters(LowRankAdapters description, List<float[]> values) {}
}
