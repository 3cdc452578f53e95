package org.rlhfstreams.service.lifecycle;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The rule that a process does not outlive a wall clock that is set back. Kafka's clients count
 * their pauses by the wall clock: until it is again where it was, which may be hours, they send no
 * heartbeat and open no connection, while their member of a group keeps others from its partitions.
 * A process that is started anew has nothing to wait for.
 */
public final class ClockSteps {
  private static final Duration LEAST = Duration.ofSeconds(10);

  private final LongSupplier wallMillis;
  private final LongSupplier nanos;
  private long wallAt;
  private long nanosAt;

  /** Watches this machine's clocks from now on. */
  public ClockSteps() {
    this(System::currentTimeMillis, System::nanoTime);
  }

  /**
   * @param wallMillis the wall clock, in milliseconds
   * @param nanos a clock that nobody sets
   */
  ClockSteps(LongSupplier wallMillis, LongSupplier nanos) {
    this.wallMillis = wallMillis;
    this.nanos = nanos;
    this.wallAt = wallMillis.getAsLong();
    this.nanosAt = nanos.getAsLong();
  }

  /** By how much the wall clock was set back since this was last asked; empty if it was not. */
  public Optional<Duration> setBack() {
    long wall = wallMillis.getAsLong();
    long now = nanos.getAsLong();
    Duration step = Duration.ofNanos(now - nanosAt).minus(Duration.ofMillis(wall - wallAt));
    wallAt = wall;
    nanosAt = now;
    return Optional.of(step).filter(back -> back.compareTo(LEAST) > 0);
  }
}
