package org.rlhfstreams.worker;

import java.util.Optional;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.worker.engine.SamplingEngine;

/**
 * The rule that a request released after a step is sampled with that step's weights or newer ones,
 * and overtakes no response that older ones have begun.
 */
final class NewestVersionRule implements StartRule {
  private Optional<WeightVersion> oldest = Optional.empty();

  @Override
  public void look(SamplingEngine engine, boolean empty) {
    oldest = engine.oldestInUse().or(engine::version);
  }

  @Override
  public boolean begins(RolloutRequest request) {
    return oldest.isPresent() && !WeightVersions.isNewer(request.getMinimumVersion(), oldest.get());
  }
}
