package org.rlhfstreams.worker.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.rlhfstreams.events.VersionSegment;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.Generation;
import org.rlhfstreams.model.generation.GenerationRequest;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.weights.WeightSource;
import org.rlhfstreams.worker.engine.EndedResponse;
import org.rlhfstreams.worker.engine.SamplingEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Samples with the decoder of this process and the newest policy. One thread. */
public final class DecoderEngine implements SamplingEngine {
  private static final Logger LOG = LoggerFactory.getLogger(DecoderEngine.class);

  private final LivePolicy policy;
  private final int slots;

  /**
   * @param type that it computes in
   * @param slots responses sampled side by side
   * @param source of the policy's versions
   */
  public DecoderEngine(ModelDirectory model, ComputeType type, int slots, WeightSource source) {
    this.policy = new LivePolicy(model, type, slots, source);
    this.slots = slots;
  }

  @Override
  public int slots() {
    return slots;
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
  public boolean refresh() {
    return policy.refresh();
  }

  @Override
  public void submit(GenerationRequest request) {
    policy.generator().submit(request);
  }

  @Override
  public List<EndedResponse> step() {
    List<EndedResponse> ended = new ArrayList<>();
    for (Generation generation : policy.generator().step()) {
      ended.add(EndedResponse.of(generation.request(), sampled(generation)));
    }
    return ended;
  }

  private EndedResponse.Sampled sampled(Generation generation) {
    List<VersionSegment> segments = new ArrayList<>();
    for (Generation.Segment segment : generation.segments()) {
      segments.add(
          new VersionSegment(
              policy.version(segment),
              segment.firstToken(),
              segment.firstToken() + segment.tokens()));
    }
    return new EndedResponse.Sampled(
        generation.tokenIds(),
        generation.logProbabilities(),
        generation.wholeLogProbabilities(),
        segments,
        generation.stopped());
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
