package org.rlhfstreams.service.exchange;

import java.time.Duration;
import java.util.Locale;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.service.kafka.ConnectionException;

/**
 * The rule that a member leaves its group if its work stands still for longer than the group would
 * wait for a poll: its loop polls on, and the group would never give the records to another. How
 * long a record takes does not matter while something moves.
 */
final class Standstill {
  private static final String SETTING = "kafka.max.poll.interval.ms";

  private final String group;
  private final Duration longest;
  private long progress = -1;
  private long movedAt;

  /**
   * @param group for the message
   * @param longest that nothing may move
   */
  Standstill(String group, Duration longest) {
    this.group = group;
    this.longest = longest;
  }

  /**
   * Looks at the work.
   *
   * @param newProgress see {@link ConcurrentWork#progress}
   * @param open records that are under way
   * @param now in nanoseconds
   * @return whether nothing has moved for too long
   */
  boolean isOver(long newProgress, int open, long now) {
    if (open == 0 || newProgress != progress) {
      progress = newProgress;
      movedAt = now;
    }
    return now - movedAt > longest.toNanos();
  }

  /** What ends the member. */
  ConnectionException named(TopicPartition partition, long offset) {
    return new ConnectionException(
        String.format(
            Locale.ROOT,
            "%s: nothing has moved for %.1f s; the oldest record under way is at offset %d of"
                + " partition %d of %s. This member ends, and another gets its records. If a single"
                + " token can take that long here, set %s above it, on all members",
            group,
            longest.toMillis() / 1e3,
            offset,
            partition.partition(),
            partition.topic(),
            SETTING));
  }
}
