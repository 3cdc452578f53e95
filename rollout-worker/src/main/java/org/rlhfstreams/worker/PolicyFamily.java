package org.rlhfstreams.worker;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.schemas.EventProtocol;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.weights.PublishedTensor;
import org.rlhfstreams.service.weights.WeightSnapshot;

/**
 * The rule that a worker samples only for a learner that trains its own kind of model and means the
 * same by its events.
 */
final class PolicyFamily {
  private final ModelDirectory model;
  private final Map<String, List<Long>> shapes = new HashMap<>();

  PolicyFamily(ModelDirectory model) {
    this.model = model;
    for (TensorSpecification tensor : model.configuration().tensors()) {
      shapes.put(tensor.name(), tensor.shape());
    }
  }

  /**
   * The version, where it is of this worker's kind of model.
   *
   * @throws ModelException naming the first thing that differs, and what to do
   */
  WeightSnapshot verified(WeightSnapshot snapshot) {
    if (snapshot.protocol() != EventProtocol.VERSION) {
      throw new ModelException(
          String.format(
              Locale.ROOT,
              "policy version %s is of a learner with event protocol %d, this worker has %d: start both from one release",
              WeightVersions.text(snapshot.version()),
              snapshot.protocol(),
              EventProtocol.VERSION));
    }
    for (PublishedTensor tensor : snapshot.tensors()) {
      List<Long> own = shapes.get(tensor.name());
      if (!tensor.shape().equals(own)) {
        throw foreign(
            snapshot,
            "its %s is %s, here it is %s"
                .formatted(tensor.name(), tensor.shape(), own == null ? "not known" : own));
      }
    }
    if (snapshot.tensors().size() != shapes.size()) {
      throw foreign(
          snapshot,
          String.format(
              Locale.ROOT,
              "it has %d tensors, here there are %d",
              snapshot.tensors().size(),
              shapes.size()));
    }
    return snapshot;
  }

  private ModelException foreign(WeightSnapshot snapshot, String difference) {
    return new ModelException(
        ("policy version %s is of another family than %s: %s; start this worker with the learner's"
                + " model.policy, or give it another connection.topic-prefix")
            .formatted(WeightVersions.text(snapshot.version()), model.path(), difference));
  }
}
