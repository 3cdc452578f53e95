package org.rlhfstreams.worker.remote;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What is counted of an engine beside the worker. */
final class EngineMeters {
  private final MeterRegistry registry;

  EngineMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Shows whether the engine can be used. */
  void show(EngineKeeper keeper) {
    Gauge.builder("rlhf.worker.engine.usable", keeper, kept -> kept.proven().isPresent() ? 1 : 0)
        .description("1 while the engine beside the worker computes with proven weights, else 0")
        .register(registry);
  }

  /**
   * The engine has another version.
   *
   * @param held how long it held its requests
   * @param proven how long it took until the version was proven
   */
  void swapped(Duration held, Duration proven) {
    Timer.builder("rlhf.worker.engine.held")
        .description("Time that the engine held its requests for a version")
        .register(registry)
        .record(held);
    Timer.builder("rlhf.worker.engine.proven")
        .description("Time from the begin of that until the version was proven")
        .register(registry)
        .record(proven);
  }

  /**
   * A response is asked for again.
   *
   * @param reason away, busy, broken, unsuited, or weights: drawn with others than proven ones
   */
  void repeated(String reason) {
    Counter.builder("rlhf.worker.engine.repeated")
        .description("Responses that were asked of the engine again")
        .tag("reason", reason)
        .register(registry)
        .increment();
  }
}
