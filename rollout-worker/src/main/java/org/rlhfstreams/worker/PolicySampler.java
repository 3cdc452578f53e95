package org.rlhfstreams.worker;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.weights.WeightSource;
import org.rlhfstreams.worker.policy.LivePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Slots that sample with the newest policy. One thread. */
final class PolicySampler implements Slots {
  private static final Logger LOG = LoggerFactory.getLogger(PolicySampler.class);

  private final LivePolicy policy;
  private final WorkerMeters meters;

  /**
   * @param type that it computes in
   * @param slots responses sampled side by side
   * @param source of the policy's versions
   */
  PolicySampler(
      ModelDirectory model, ComputeType type, int slots, WeightSource source, WorkerMeters meters) {
    this.meters = meters;
    this.policy = new LivePolicy(model, type, slots, source);
  }

  @Override
  public Optional<WeightVersion> version() {
    return policy.version();
  }

  @Override
  public boolean isTurning() {
    return policy.isArriving();
  }

  @Override
  public Optional<WeightVersion> oldestInUse() {
    return policy.oldestInUse();
  }

  @Override
  public WeightVersion version(Generation.Segment segment) {
    return policy.version(segment);
  }

  @Override
  public void refresh() {
    Instant started = Instant.now();
    if (policy.refresh()) {
      meters.swapped(started);
      policy.version().ifPresent(meters::version);
    }
  }

  @Override
  public void submit(GenerationRequest request) {
    policy.generator().submit(request);
  }

  @Override
  public List<Generation> step() {
    return policy.generator().step();
  }

  @Override
  public int running() {
    return policy.generator().running();
  }

  @Override
  public void cancel(Predicate<GenerationRequest> which) {
    policy.generator().cancel(which);
  }

  @Override
  public List<GenerationRequest> takeWaiting() {
    return policy.generator().takeWaiting();
  }

  @Override
  public long tokensDrawn() {
    return policy.generator().tokensDrawn();
  }

  @Override
  public void close() {
    version().ifPresent(last -> LOG.info("stopped at policy {}", WeightVersions.text(last)));
    policy.close();
  }
}
