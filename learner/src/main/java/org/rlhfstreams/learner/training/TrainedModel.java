package org.rlhfstreams.learner.training;

import java.util.List;
import org.rlhfstreams.model.architecture.ModelConfiguration;

/**
 * A model as others use it.
 *
 * @param values its tensors in the order that its configuration gives them
 */
public record TrainedModel(ModelConfiguration configuration, List<float[]> values) {
  public TrainedModel {
    values = List.copyOf(values);
  }
}
