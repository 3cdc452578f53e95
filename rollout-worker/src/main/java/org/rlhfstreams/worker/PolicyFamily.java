package org.rlhfstreams.worker;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.rlhfstreams.events.WeightHeader;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.architecture.TensorSpecification;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.schemas.EventProtocol;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.weights.HeaderCheck;
import org.rlhfstreams.service.weights.ModelLayout;

/**
 * The rule that a worker samples only for a learner that trains its own kind of model and means the
 * same by its events. Safe for several threads.
 */
final class PolicyFamily implements HeaderCheck {
  private final ModelDirectory model;
  private final ModelLayout layout;
  private final AtomicReference<String> foreign = new AtomicReference<>();

  PolicyFamily(ModelDirectory model) {
    this.model = model;
    this.layout = new ModelLayout(TensorSpecification.shapes(model.configuration().tensors()));
  }

  /** Names the first thing that differs, and what to do. */
  @Override
  public Optional<String> problem(WeightVersion version, WeightHeader header) {
    Optional<String> problem =
        header.getProtocol() == EventProtocol.VERSION
            ? layout.difference(header).map(difference -> anotherFamily(version, difference))
            : Optional.of(
                String.format(
                    Locale.ROOT,
                    "policy version %s is of a learner with event protocol %d, this worker has %d: start both from one release",
                    WeightVersions.text(version),
                    header.getProtocol(),
                    EventProtocol.VERSION));
    problem.ifPresent(foreign::set);
    return problem;
  }

  /** What was wrong with the last version that was not for this worker, if one was not. */
  Optional<String> foreign() {
    return Optional.ofNullable(foreign.get());
  }

  private String anotherFamily(WeightVersion version, String difference) {
    return ("policy version %s is of another family than %s: %s; start this worker with the learner's"
            + " model.policy, or give it another connection.topic-prefix")
        .formatted(WeightVersions.text(version), model.path(), difference);
  }
}
