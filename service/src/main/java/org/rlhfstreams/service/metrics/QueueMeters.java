package org.rlhfstreams.service.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** What a stage counts of the topic that it reads. */
public final class QueueMeters {
  private static final Duration[] AGES = {
    Duration.ofMillis(100),
    Duration.ofMillis(300),
    Duration.ofSeconds(1),
    Duration.ofSeconds(3),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofMinutes(2),
    Duration.ofMinutes(10)
  };

  private final Timer age;
  private final Counter repeated;
  private final AtomicLong lag = new AtomicLong();

  /**
   * @param topic its full name
   */
  public QueueMeters(MeterRegistry registry, String topic) {
    this(registry, topic, Tags.empty());
  }

  /**
   * @param topic its full name
   * @param reader of several that a process has, who this is
   */
  public QueueMeters(MeterRegistry registry, String topic, Tags reader) {
    Tags tags = Tags.of("topic", topic).and(reader);
    this.age =
        Timer.builder("rlhf.queue.age")
            .description("How long a record had been in the topic when it was taken")
            .tags(tags)
            .serviceLevelObjectives(AGES)
            .register(registry);
    this.repeated =
        Counter.builder("rlhf.queue.batches.repeated")
            .description("Work begun again: the assignment changed, or the broker was away")
            .tags(tags)
            .register(registry);
    Gauge.builder("rlhf.queue.lag", lag, AtomicLong::doubleValue)
        .description("Records of this member's share that it has not taken yet")
        .tags(tags)
        .register(registry);
  }

  /** A record written then has been taken now. */
  public void taken(Instant written) {
    Duration waited = Duration.between(written, Instant.now());
    age.record(waited.isNegative() ? Duration.ZERO : waited); // clocks differ
  }

  /** So many records wait. */
  public void waiting(long records) {
    lag.set(records);
  }

  /** What was under way is done again. */
  public void repeated() {
    repeated.increment();
  }
}
