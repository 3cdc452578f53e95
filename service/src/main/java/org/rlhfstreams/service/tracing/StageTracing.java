package org.rlhfstreams.service.tracing;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.schemas.TraceParent;

/**
 * The spans of one stage. Each is written when its work is over, and gives the trace parent that
 * travels in the header of the record that came of it; so one request can be followed through every
 * process. Safe from several threads.
 */
public final class StageTracing {
  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
  private static final TextMapGetter<TraceParent> HEADER =
      (parent, name) -> name.equals(TraceParent.HEADER) ? parent.text() : null;

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
    Context context =
        parent.map(known -> W3C.extract(Context.root(), known, HEADER)).orElse(Context.root());
    Span span =
        tracer
            .spanBuilder(name)
            .setParent(context)
            .setSpanKind(SpanKind.CONSUMER)
            .setStartTimestamp(started)
            .setAllAttributes(attributes)
            .startSpan();
    span.end(ended);
    Map<String, String> carrier = new HashMap<>();
    W3C.inject(Context.root().with(span), carrier, Map::put);
    return Optional.ofNullable(carrier.get(TraceParent.HEADER))
        .map(TraceParent::new)
        .or(() -> parent);
  }
}
