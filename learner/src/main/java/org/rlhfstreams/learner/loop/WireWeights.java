package org.rlhfstreams.learner.loop;

import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.learner.training.TrainedModel;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.service.weights.PublishedTensor;
import org.rlhfstreams.service.weights.WireType;

/** A trained model as it is published. */
final class WireWeights {
  private WireWeights() {}

  /** The type that a model is copied in to be sent in another. */
  static ComputeType computeType(WireType type) {
    return switch (type) {
      case BF16 -> ComputeType.BFLOAT16;
      case F32 -> ComputeType.FLOAT32;
    };
  }

  /** Its tensors, out of its own memory: it must not be closed before they have left. */
  static List<PublishedTensor> of(TrainedModel model) {
    List<TensorSpecification> specifications = model.configuration().tensors();
    List<PublishedTensor> tensors = new ArrayList<>();
    for (int i = 0; i < specifications.size(); i++) {
      int index = i;
      tensors.add(
          new PublishedTensor(
              specifications.get(i).name(),
              specifications.get(i).shape(),
              reader -> model.weights().readBytes(index, reader)));
    }
    return tensors;
  }
}
