package org.rlhfstreams.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.schemas.EventProtocol;
import org.rlhfstreams.service.weights.PublishedTensor;
import org.rlhfstreams.service.weights.WeightSnapshot;

final class PolicyFamilyTest {
  private final ModelDirectory model = ModelDirectory.open(Path.of("../models/starter"));
  private final PolicyFamily family = new PolicyFamily(model);

  private WeightSnapshot snapshot(int protocol) {
    List<PublishedTensor> tensors = new ArrayList<>();
    for (TensorSpecification tensor : model.configuration().tensors()) {
      tensors.add(new PublishedTensor(tensor.name(), tensor.shape(), () -> new float[0]));
    }
    return new WeightSnapshot(new WeightVersion(0, 3L), protocol, tensors);
  }

  @Test
  void theLearnersModelIsItsOwn() {
    WeightSnapshot own = snapshot(EventProtocol.VERSION);
    assertThat(family.verified(own)).isSameAs(own);
  }

  @Test
  void aLearnerThatMeansSomethingElseByItsEventsIsRefused() {
    assertThatThrownBy(() -> family.verified(snapshot(EventProtocol.VERSION + 1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("policy version 0.3")
        .hasMessageContaining("event protocol 2, this worker has 1")
        .hasMessageContaining("start both from one release");
  }
}
