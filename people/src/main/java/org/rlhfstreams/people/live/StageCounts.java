package org.rlhfstreams.people.live;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.rlhfstreams.service.log.RecordCounts;

/**
 * Records between offsets, of which markers of transactions are none. Short stretches are counted
 * by reading them; for long ones, and where this client may not read, the share of the last stretch
 * that was counted stands.
 */
final class StageCounts implements AutoCloseable {
  private static final long COUNTED = 300;
  private static final long MEANINGFUL = 20;

  private final RecordCounts counts;
  private final Map<TopicPartition, Double> shares = new HashMap<>();
  private final Map<String, Progress> done = new HashMap<>();

  /** Where a stage was, and the records that it had finished since it was first seen. */
  private record Progress(long offset, long records) {}

  StageCounts(RecordCounts counts) {
    this.counts = counts;
  }

  /** Committed records of a stretch. */
  long records(TopicPartition partition, long from, long until) {
    long span = Math.max(0, until - from);
    if (span > 0 && span <= COUNTED) {
      try {
        long records = counts.count(partition, from, until);
        if (span >= MEANINGFUL) {
          shares.put(partition, (double) records / span);
        }
        return records;
      } catch (AuthorizationException e) {
        return span - 1; // the last offset is a marker
      }
    }
    return Math.round(span * shares.getOrDefault(partition, 1.0));
  }

  /**
   * Records that a stage has finished since it was first seen.
   *
   * @param offset behind the last that it has finished
   */
  long done(String stage, TopicPartition partition, long offset) {
    String key = stage + " " + partition;
    Progress before = done.getOrDefault(key, new Progress(offset, 0));
    long more = records(partition, before.offset(), offset);
    done.put(key, new Progress(Math.max(offset, before.offset()), before.records() + more));
    return before.records() + more;
  }

  @Override
  public void close() {
    counts.close();
  }
}
