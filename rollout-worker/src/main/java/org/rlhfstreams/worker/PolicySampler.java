package org.rlhfstreams.worker;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.WakeupException;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.service.weights.WeightSource;
import org.rlhfstreams.worker.policy.LivePolicy;

/** Samples rollouts with the newest policy. One thread. */
final class PolicySampler implements AutoCloseable {
  private final LivePolicy policy;
  private final int slots;
  private final WorkerMeters meters;

  /**
   * @param type that it computes in
   * @param slots responses sampled side by side
   * @param source of the policy's versions
   */
  PolicySampler(
      ModelDirectory model, ComputeType type, int slots, WeightSource source, WorkerMeters meters) {
    this.slots = slots;
    this.meters = meters;
    this.policy = new LivePolicy(model, type, slots, source);
  }

  /** The version in use, once there is one. */
  Optional<WeightVersion> version() {
    return policy.version();
  }

  /** Takes up the newest version. */
  void refresh() {
    Instant started = Instant.now();
    if (policy.refresh()) {
      meters.swapped(started);
    }
  }

  /** The version that a segment's label stands for. */
  WeightVersion version(Generation.Segment segment) {
    return policy.version(segment);
  }

  /**
   * Queues a response.
   *
   * @throws IllegalArgumentException where the prompt or the settings cannot be sampled from
   */
  void submit(String rolloutId, int[] prompt, SamplingSettings settings) {
    policy
        .generator()
        .submit(
            new GenerationRequest(
                rolloutId,
                prompt,
                new Sampling(
                    settings.getTemperature(),
                    settings.getTopK(),
                    settings.getTopP(),
                    settings.getMaxNewTokens(),
                    SampleSeed.of(settings.getSeed(), rolloutId))));
  }

  /**
   * Samples all that is queued.
   *
   * @param givenUp asked between two tokens
   * @throws WakeupException where it says yes
   */
  List<Generation> drain(BooleanSupplier givenUp) {
    List<Generation> finished = new ArrayList<>();
    while (!policy.generator().idle()) {
      if (givenUp.getAsBoolean()) {
        throw new WakeupException();
      }
      refresh();
      finished.addAll(policy.generator().step());
      meters.stepped(policy.generator().running() / (double) slots);
    }
    return finished;
  }

  /** Forgets what is queued. */
  void clear() {
    policy.generator().clear();
  }

  /** Tokens drawn so far. */
  long tokensDrawn() {
    return policy.generator().tokensDrawn();
  }

  @Override
  public void close() {
    policy.close();
  }
}
