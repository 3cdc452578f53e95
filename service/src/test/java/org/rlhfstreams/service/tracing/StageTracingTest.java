package org.rlhfstreams.service.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.rlhfstreams.schemas.TraceParent;

final class StageTracingTest {
  private static final Instant START = Instant.ofEpochSecond(100);
  private static final Instant END = Instant.ofEpochSecond(101);

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final OpenTelemetrySdk telemetry =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                  .build())
          .build();

  @Test
  void oneTraceGoesThroughTheStagesByTheRecordsHeaders() {
    TraceParent admitted = span("admission", "admit", Optional.empty());
    Headers request = new RecordHeaders();
    admitted.into(request);
    TraceParent sampled = span("rollout-worker", "sample", TraceParent.of(request));
    TraceParent scored = span("reward-service", "score", Optional.of(sampled));

    List<SpanData> spans = exporter.getFinishedSpanItems();
    assertThat(spans).extracting(SpanData::getTraceId).containsOnly(admitted.traceId());
    assertThat(scored.traceId()).isEqualTo(admitted.traceId());
    assertThat(spans.get(1).getParentSpanId()).isEqualTo(spans.get(0).getSpanId());
    assertThat(spans.get(2).getParentSpanId()).isEqualTo(spans.get(1).getSpanId());
    assertThat(spans.get(2).getEndEpochNanos() - spans.get(2).getStartEpochNanos())
        .isEqualTo(1_000_000_000L);
  }

  @Test
  void aTraceThatItsApplicationDoesNotSampleStaysSo() {
    TraceParent unsampled =
        new TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
    TraceParent next = span("admission", "admit", Optional.of(unsampled));
    assertThat(next.traceId()).isEqualTo(unsampled.traceId());
    assertThat(next.text()).endsWith("-00");
    assertThat(exporter.getFinishedSpanItems()).isEmpty();
  }

  @Test
  void aTraceIsBegunAndPassedOnWhereNothingIsExported() {
    StageTracing tracing = StageTracing.of("admission");
    TraceParent first =
        tracing.span("admit", Optional.empty(), START, END, Attributes.empty()).orElseThrow();
    TraceParent second =
        tracing.span("wait", Optional.of(first), START, END, Attributes.empty()).orElseThrow();
    assertThat(second.traceId()).isEqualTo(first.traceId());
    assertThat(second.spanId()).isNotEqualTo(first.spanId());
  }

  @Test
  void aHeaderThatIsNoneIsNone() {
    for (String text :
        List.of(
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01")) {
      Headers headers = new RecordHeaders();
      headers.add(TraceParent.HEADER, text.getBytes(StandardCharsets.UTF_8));
      assertThat(TraceParent.of(headers)).as(text).isEmpty();
    }
  }

  @Test
  void aHeaderIsReadAsTheW3cPropagatorReadsIt() {
    for (String text :
        List.of(
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902bg-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "0".repeat(100_000))) {
      Headers headers = new RecordHeaders();
      headers.add(TraceParent.HEADER, text.getBytes(StandardCharsets.UTF_8));
      SpanContext expected = extracted(text);
      Optional<TraceParent> parent = TraceParent.of(headers);
      assertThat(parent.isPresent()).as(text).isEqualTo(expected.isValid());
      parent.ifPresent(
          read -> {
            assertThat(read.traceId()).isEqualTo(expected.getTraceId());
            assertThat(read.spanId()).isEqualTo(expected.getSpanId());
          });
    }
  }

  private static SpanContext extracted(String text) {
    TextMapGetter<String> header =
        (parent, name) -> name.equals(TraceParent.HEADER) ? parent : null;
    Context context = W3CTraceContextPropagator.getInstance().extract(Context.root(), text, header);
    return Span.fromContext(context).getSpanContext();
  }

  private TraceParent span(String stage, String name, Optional<TraceParent> parent) {
    return new StageTracing(telemetry, stage)
        .span(name, parent, START, END, Attributes.empty())
        .orElseThrow();
  }
}
