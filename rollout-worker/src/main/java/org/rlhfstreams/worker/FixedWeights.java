package org.rlhfstreams.worker;

import java.util.Optional;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.service.weights.WeightLease;
import org.rlhfstreams.service.weights.WeightSource;

/** The weights of a model's directory: one version, which never changes. */
final class FixedWeights implements WeightSource {
  private static final WeightVersion VERSION = new WeightVersion(0, 0L);

  @Override
  public Optional<WeightVersion> newest() {
    return Optional.of(VERSION);
  }

  @Override
  public Optional<WeightLease> lease() {
    return Optional.empty();
  }

  @Override
  public Optional<WeightVersion> ofDirectory() {
    return Optional.of(VERSION);
  }
}
