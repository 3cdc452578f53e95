package org.rlhfstreams.service.exchange;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule that a member works only on partitions that are its own. What it had read of a partition
 * before that went to another member is the other's to do: both would else be done, and both would
 * count. Readable from any thread; told by the consumer's.
 */
public final class GroupShare implements ConsumerRebalanceListener {
  private static final Logger LOG = LoggerFactory.getLogger(GroupShare.class);

  private final String group;
  private final Set<TopicPartition> held = ConcurrentHashMap.newKeySet();
  private final Set<TopicPartition> withdrawn = new HashSet<>();
  private volatile boolean received;

  /**
   * @param group for messages
   */
  public GroupShare(String group) {
    this.group = group;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> added) {
    boolean first = !received;
    held.addAll(added);
    received = true;
    if (held.isEmpty() && first) {
      // Others give theirs up first; where there are more members than partitions, it stays so.
      LOG.info("{}: no partition yet; topics.partitions bounds how many members work", group);
    } else if (!added.isEmpty()) {
      LOG.info("{}: now {} partitions, {} of them new", group, held.size(), added.size());
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> removed) {
    held.removeAll(removed);
    withdrawn.addAll(removed);
    if (!removed.isEmpty()) {
      LOG.info("{}: {} partitions go to other members", group, removed.size());
    }
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> lost) {
    onPartitionsRevoked(lost);
    received = false;
  }

  /** Drops what has been read of partitions that went to others since the last call. */
  void keepOwn(List<ConsumerRecord<String, byte[]>> records) {
    Set<TopicPartition> gone = takeWithdrawn();
    records.removeIf(
        record -> gone.contains(new TopicPartition(record.topic(), record.partition())));
  }

  /** Partitions that went to others since the last call, whether they came back or not. */
  Set<TopicPartition> takeWithdrawn() {
    Set<TopicPartition> gone = Set.copyOf(withdrawn);
    withdrawn.clear();
    return gone;
  }

  /** Partitions that this member has. */
  public int partitions() {
    return held.size();
  }

  /** Why the member takes no work yet, if it does not. */
  public Optional<String> unready() {
    return received
        ? Optional.empty()
        : Optional.of("the group " + group + " has not given this member a share yet");
  }
}
