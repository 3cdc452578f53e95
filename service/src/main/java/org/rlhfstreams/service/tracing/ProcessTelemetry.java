package org.rlhfstreams.service.tracing;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
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
            .build()
            .getOpenTelemetrySdk();
  }
}
