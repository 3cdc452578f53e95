package org.rlhfstreams.reward.rescore;

import org.apache.kafka.common.TopicPartition;

/** Hears how scoring again goes on. */
public interface RescoreListener {
  /**
   * The log begins later than what was asked for: retention has removed a part of it, which is not
   * scored.
   *
   * @param oldest the first offset that is kept
   */
  void cut(TopicPartition partition, long oldest);

  /**
   * So much is done.
   *
   * @param records of the range, so far
   * @param scored rollouts that have been given a score, so far
   */
  void done(long records, long scored);
}
