package org.rlhfstreams.reward;

import java.util.Optional;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.service.weights.WeightLease;
import org.rlhfstreams.service.weights.WeightSource;

/** The source of a model that nobody trains: it stays as it is in its directory. */
final class NoVersions implements WeightSource {
  @Override
  public Optional<WeightVersion> newest() {
    return Optional.empty();
  }

  @Override
  public Optional<WeightLease> lease() {
    return Optional.empty();
  }
}
