package org.rlhfstreams.service.tracing;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.util.Map;

/**
 * OpenTelemetry as its own environment variables configure it, such as {@code
 * OTEL_TRACES_EXPORTER=otlp}. Nothing is exported where they say nothing; traces are begun and
 * passed on all the same.
 */
public final class ProcessTelemetry {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "otel.traces.exporter", "none",
          "otel.metrics.exporter", "none",
          "otel.logs.exporter", "none",
          "otel.exporter.otlp.protocol", "http/protobuf",
          "otel.service.name", "rlhf-streams");

  private ProcessTelemetry() {}

  /** That of this process. */
  public static OpenTelemetry get() {
    return Holder.TELEMETRY;
  }

  private static final class Holder {
    // Spans that wait to be sent are sent by its own shutdown hook.
    static final OpenTelemetry TELEMETRY =
        AutoConfiguredOpenTelemetrySdk.builder()
            .addPropertiesSupplier(() -> DEFAULTS)
            // Without any processor of spans there would be no trace to pass on.
            .addTracerProviderCustomizer(
                (provider, configured) -> provider.addSpanProcessor(new Discarding()))
            .build()
            .getOpenTelemetrySdk();
  }

  private static final class Discarding implements SpanProcessor {
    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {}

    @Override
    public boolean isEndRequired() {
      return false;
    }
  }
}
