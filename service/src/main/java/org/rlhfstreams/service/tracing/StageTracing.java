package org.rlhfstreams.service.tracing;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Optional;
import org.rlhfstreams.schemas.TraceParent;

/**
 * The spans of one stage. Each is written when its work is over, and gives the trace parent that
 * travels in the header of the record that came of it; so one request can be followed through every
 * process. Safe from several threads.
 */
public final class StageTracing {
  private final Tracer tracer;

  /**
   * @param stage such as {@code rollout-worker}
   */
  public StageTracing(OpenTelemetry telemetry, String stage) {
    this.tracer = telemetry.getTracer(stage);
  }

  /** As {@link ProcessTelemetry} is configured. */
  public static StageTracing of(String stage) {
    return new StageTracing(ProcessTelemetry.get(), stage);
  }

  /**
   * Writes a span.
   *
   * @param name what was done, in a word
   * @param parent what it followed from; empty begins a trace
   * @param attributes what it was done to, by names such as {@code rlhf.request.id}
   * @return for what follows from it; empty where tracing is switched off and nothing came in
   */
  public Optional<TraceParent> span(
      String name,
      Optional<TraceParent> parent,
      Instant started,
      Instant ended,
      Attributes attributes) {
    Context context = parent.map(StageTracing::context).orElse(Context.root());
    Span span =
        tracer
            .spanBuilder(name)
            .setParent(context)
            .setSpanKind(SpanKind.CONSUMER)
            .setStartTimestamp(started)
            .setAllAttributes(attributes)
            .startSpan();
    span.end(ended);
    SpanContext of = span.getSpanContext();
    return of.isValid()
        ? Optional.of(
            new TraceParent(
                "00-%s-%s-%s"
                    .formatted(of.getTraceId(), of.getSpanId(), of.getTraceFlags().asHex())))
        : parent;
  }

  private static Context context(TraceParent parent) {
    return Context.root()
        .with(
            Span.wrap(
                SpanContext.createFromRemoteParent(
                    parent.traceId(),
                    parent.spanId(),
                    TraceFlags.fromHex(parent.flags(), 0),
                    TraceState.getDefault())));
  }
}
