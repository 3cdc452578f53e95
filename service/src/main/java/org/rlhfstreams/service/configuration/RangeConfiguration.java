package org.rlhfstreams.service.configuration;

import java.time.Duration;
import java.util.Optional;

/** The part of a topic that the learner reads: {@code preferences}, or what a replay goes over. */
public record RangeConfiguration(
    @Setting(
            value = "beginning",
            description =
                "First position to read: beginning, end (only new records), offset:N, or an ISO time"
                    + " such as 2026-05-01T00:00:00Z.")
        String from,
    @Setting(
            value = "end",
            description =
                "Position to stop before: end (of what is there at the start), offset:N, an ISO time,"
                    + " or never, which follows the topic.")
        String until,
    @Setting(
            description =
                "With until = never: how long the first example of a batch waits for the others;"
                    + " when not set, until the batch is full.")
        Optional<Duration> maxWait) {
  private static final String BEGINNING = "beginning";

  /** Refuses what is no bound, or no bound of its side. */
  public RangeConfiguration {
    RangeBound first = RangeBound.parse("range.from", from);
    if (first.kind() == RangeBound.Kind.NEVER) {
      throw new ConfigurationException("range.from = never: reading has to begin somewhere");
    }
    RangeBound last = RangeBound.parse("range.until", until);
    if (last.kind() == RangeBound.Kind.BEGINNING) {
      throw new ConfigurationException("range.until = beginning: there is nothing before it");
    }
    if (maxWait.isPresent() && last.kind() != RangeBound.Kind.NEVER) {
      throw new ConfigurationException(
          "range.max-wait is for range.until = never: leave one out, or set the other");
    }
  }

  /** All that is there and all that comes, in full batches. */
  public static RangeConfiguration forEver() {
    return new RangeConfiguration(BEGINNING, "never", Optional.empty());
  }

  /** Where reading begins. */
  public RangeBound first() {
    return RangeBound.parse("range.from", from);
  }

  /** What is not read any more. */
  public RangeBound last() {
    return RangeBound.parse("range.until", until);
  }

  /** Whether new records are waited for. */
  public boolean isLive() {
    return last().kind() == RangeBound.Kind.NEVER;
  }

  /** Whether nothing was asked for. */
  public boolean isDefault() {
    return from.equals(BEGINNING) && until.equals("end");
  }
}
