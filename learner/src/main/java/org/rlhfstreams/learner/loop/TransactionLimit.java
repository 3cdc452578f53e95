package org.rlhfstreams.learner.loop;

import java.time.Duration;
import java.util.Locale;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.rlhfstreams.service.kafka.ConnectionException;

/**
 * The rule that a transaction which takes longer than the broker allows is not tried for ever: it
 * would take as long again.
 */
final class TransactionLimit {
  private final Duration longest;
  private long began = System.nanoTime();

  /**
   * @param longest {@code transaction.timeout.ms} of the producer
   */
  TransactionLimit(Duration longest) {
    this.longest = longest;
  }

  /** A transaction begins. */
  void begin() {
    began = System.nanoTime();
  }

  /**
   * Ends if the broker has ended the transaction, and that after the time it may take.
   *
   * @param what was to be published
   * @param owned throws if another learner has claimed the run, which is the better reason
   * @throws ConnectionException naming the setting
   */
  void requireWithin(String what, Exception error, Runnable owned) {
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    if (isEnded(error) && took.compareTo(longest) > 0) {
      owned.run();
      throw new ConnectionException(
          String.format(
              Locale.ROOT,
              ("%s took %d s, longer than the %d s after which the broker ends a transaction: set"
                  + " kafka.transaction.timeout.ms to more, at most transaction.max.timeout.ms of the"
                  + " brokers, or publish weights less often"),
              what,
              took.toSeconds(),
              longest.toSeconds()));
    }
  }

  /** The coordinator moves the epoch on when it ends a transaction, as a new owner does. */
  private static boolean isEnded(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProducerFencedException
          || cause instanceof InvalidProducerEpochException) {
        return true;
      }
    }
    return false;
  }
}
