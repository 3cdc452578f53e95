package org.rlhfstreams.service.weights;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.rlhfstreams.schemas.Topic;

/** The rule that a weights topic keeps its last two anchors: older records are deleted. */
public final class WeightRetention {
  private static final int KEPT_ANCHORS = 2;

  private final Admin admin;
  private final TopicPartition partition;
  private final Deque<Long> anchors = new ArrayDeque<>();

  /**
   * @param admin used, not closed
   */
  public WeightRetention(Admin admin, Topic topic) {
    this.admin = admin;
    this.partition = new TopicPartition(topic.name(), 0);
  }

  /**
   * Notes an anchor that has become visible and drops what lies before the last two.
   *
   * @param firstOffset of its header
   */
  public void published(long firstOffset) {
    anchors.addLast(firstOffset);
    while (anchors.size() > KEPT_ANCHORS) {
      anchors.removeFirst();
    }
    // of a negative offset the broker would take everything to be meant
    if (anchors.size() == KEPT_ANCHORS && anchors.getFirst() >= 0) {
      // Fire and forget: what a failure leaves is deleted with the next version.
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(anchors.getFirst())));
    }
  }
}
