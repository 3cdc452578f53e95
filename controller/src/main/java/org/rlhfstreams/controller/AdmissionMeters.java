package org.rlhfstreams.controller;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.Attributes;
import java.time.Instant;
import java.util.Optional;
import org.rlhfstreams.events.DeadLetter;
import org.rlhfstreams.events.RolloutRequest;
import org.rlhfstreams.events.StepMetrics;
import org.rlhfstreams.schemas.TraceParent;
import org.rlhfstreams.service.tracing.StageTracing;
import org.rlhfstreams.topology.admission.AdmissionListener;

/** What is counted of admission, and of the dead letters of all stages, which it reads. */
final class AdmissionMeters implements AdmissionListener {
  private final MeterRegistry registry;
  private final StageTracing tracing;
  private final Counter requests;
  private final Counter samples;
  private final Counter evaluations;
  private final RunningAudit audit;

  AdmissionMeters(MeterRegistry registry, StageTracing tracing) {
    this.registry = registry;
    this.tracing = tracing;
    this.requests =
        Counter.builder("rlhf.admission.requests")
            .description("Requests released")
            .register(registry);
    this.samples =
        Counter.builder("rlhf.admission.samples")
            .description("Responses that those ask for")
            .register(registry);
    this.evaluations =
        Counter.builder("rlhf.admission.evaluations")
            .description("Requests released that measure a version of the policy")
            .register(registry);
    this.audit = new RunningAudit(registry);
  }

  @Override
  public void stepped(StepMetrics step) {
    audit.learned(step);
  }

  @Override
  public void counted(long released, long accounted, long bound) {
    audit.counted(released, accounted, bound);
  }

  @Override
  public Optional<TraceParent> released(RolloutRequest request, Optional<TraceParent> prompt) {
    audit.released(request.getRequestId(), request.getSequence(), request.getSamples());
    requests.increment();
    samples.increment(request.getSamples());
    Instant now = Instant.now();
    return tracing.span(
        "admit",
        prompt,
        now,
        now,
        Attributes.builder()
            .put("rlhf.request.id", request.getRequestId())
            .put("rlhf.prompt.id", request.getPromptId())
            .put("rlhf.samples", request.getSamples())
            .build());
  }

  @Override
  public Optional<TraceParent> evaluated(RolloutRequest request) {
    evaluations.increment();
    Instant now = Instant.now();
    return tracing.span(
        "evaluate",
        Optional.empty(),
        now,
        now,
        Attributes.builder()
            .put("rlhf.request.id", request.getRequestId())
            .put("rlhf.prompt.id", request.getPromptId())
            .build());
  }

  @Override
  public void buried(DeadLetter letter) {
    audit.givenUp(letter);
    Counter.builder("rlhf.dead.letters")
        .description("Records that could not be used, by who refused them and why")
        .tag("stage", letter.getStage())
        .tag("reason", letter.getKind())
        .register(registry)
        .increment();
  }
}
