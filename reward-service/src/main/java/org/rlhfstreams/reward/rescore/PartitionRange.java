package org.rlhfstreams.reward.rescore;

import org.apache.kafka.common.TopicPartition;

/**
 * The rollouts of one partition that are scored again.
 *
 * @param from first offset
 * @param until offset after the last one; at least {@code from}
 * @param cut whether the log begins later than what was asked for: retention has removed a part
 */
record PartitionRange(TopicPartition partition, long from, long until, boolean cut) {
  /** Offsets between both ends. */
  long size() {
    return until - from;
  }
}
