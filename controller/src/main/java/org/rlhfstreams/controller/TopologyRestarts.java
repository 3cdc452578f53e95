package org.rlhfstreams.controller;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.rlhfstreams.schemas.RegistryUnavailableException;
import org.rlhfstreams.schemas.RootCause;

/**
 * The rule how often the topologies start again after a fault: after a pause that doubles, and not
 * for ever. What the broker or the registry may mend is waited out, however long it takes. Any
 * other fault that comes back at the same record, or at the same line if it has no record, {@value
 * #LIMIT} times will come back the next time too.
 */
final class TopologyRestarts {
  /** So often the same fault ends the topologies. */
  static final int LIMIT = 5;

  /** Less than a transaction lasts: the thread that waits may have one open. */
  private static final Duration LONGEST = Duration.ofSeconds(5);

  /** After so long without one the topologies have worked, and a fault is a new one. */
  private static final Duration FORGOTTEN = Duration.ofMinutes(10);

  private static final Pattern PLACE =
      Pattern.compile("topic=(\\S+), partition=(\\d+), offset=(\\d+)");

  private final Duration first;
  private final LongSupplier nanoTime;
  private final Map<String, Integer> times = new HashMap<>();
  private int faults;
  private long last;

  /**
   * @param first pause
   * @param nanoTime the clock
   */
  TopologyRestarts(Duration first, LongSupplier nanoTime) {
    this.first = first;
    this.nanoTime = nanoTime;
  }

  /** How long to wait before the next start; empty if there is to be none. */
  synchronized Optional<Duration> pauseAfter(Throwable fault) {
    long now = nanoTime.getAsLong();
    if (faults > 0 && now - last > FORGOTTEN.toNanos()) {
      times.clear();
      faults = 0;
    }
    last = now;
    faults++;
    if (!mayMendItself(fault) && times.merge(place(fault), 1, Integer::sum) >= LIMIT) {
      return Optional.empty();
    }
    Duration pause = first.multipliedBy(1L << Math.min(faults - 1, 16));
    return Optional.of(pause.compareTo(LONGEST) < 0 ? pause : LONGEST);
  }

  /** A client's error of no class of its own is that of a transaction that was lost. */
  private static boolean mayMendItself(Throwable fault) {
    for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
      if (cause instanceof RetriableException
          || cause instanceof RegistryUnavailableException
          || cause.getClass().equals(KafkaException.class)) {
        return true;
      }
    }
    return false;
  }

  /** The error that ends the topologies after a fault for which there is no pause. */
  static TopologyException end(Throwable fault) {
    return new TopologyException(
        String.format(
            Locale.ROOT,
            "the topologies have failed %d times in the same way, and would again: %s (%s). Nothing is"
                + " lost: they go on from there when the cause is mended and the controller started"
                + " again; its log has the stack trace",
            LIMIT,
            RootCause.message(fault),
            place(fault)),
        fault);
  }

  /** Where a fault is: the record that was processed, else what was thrown and the line. */
  static String place(Throwable fault) {
    Throwable root = fault;
    for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
      Matcher matcher = PLACE.matcher(String.valueOf(cause.getMessage()));
      if (matcher.find()) {
        return "partition %s of %s, offset %s"
            .formatted(matcher.group(2), matcher.group(1), matcher.group(3));
      }
      root = cause;
    }
    StackTraceElement[] trace = root.getStackTrace();
    return root.getClass().getSimpleName() + (trace.length == 0 ? "" : " at " + trace[0]);
  }
}
