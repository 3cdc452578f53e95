package org.rlhfstreams.people.access;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How often each may ask: so many times a second, twice as many at once. */
public final class RateLimits {
  private static final int MOST = 20_000;
  private static final long NANOS = 1_000_000_000L;

  private final long capacity;
  private final Duration refill;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MOST;
        }
      };

  /**
   * @param perSecond requests of one key, above 0
   */
  public RateLimits(double perSecond) {
    this.capacity = Math.max(1, Math.round(2 * perSecond));
    this.refill = Duration.ofNanos(Math.max(capacity, Math.round(capacity / perSecond * NANOS)));
  }

  /** Counts a request; says how long to wait where it is one too many. */
  public synchronized Optional<Duration> take(String key) {
    ConsumptionProbe probe =
        buckets.computeIfAbsent(key, any -> bucket()).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  private Bucket bucket() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(capacity).refillGreedy(capacity, refill))
        .build();
  }
}
