package org.rlhfstreams.reward;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The responses to one request, as they come. */
final class ResponseGroup {
  private final TopicPartition partition;
  private final int size;
  private final long since;
  private final long readBefore;
  private final List<RolloutRecord> members = new ArrayList<>();
  private final List<ConsumerRecord<String, byte[]>> unusable = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private String problem;
  private boolean dropped;

  /**
   * @param partition of its records
   * @param size how many responses the request asks for
   * @param since nanoseconds of the clock when its first one came
   * @param readBefore records of the partition that had been read before that one
   */
  ResponseGroup(TopicPartition partition, int size, long since, long readBefore) {
    this.partition = partition;
    this.size = size;
    this.since = since;
    this.readBefore = readBefore;
  }

  /** Whether this response is here already. */
  boolean has(RolloutRecord rollout) {
    return ids.contains(rollout.rollout().getRolloutId());
  }

  /** Adds a response that can be scored, or, with a problem, one that nobody can. */
  void add(RolloutRecord rollout, Optional<String> whatIsWrong) {
    ids.add(rollout.rollout().getRolloutId());
    if (whatIsWrong.isPresent()) {
      problem = whatIsWrong.get();
      unusable.add(rollout.record());
    } else {
      members.add(rollout);
    }
  }

  TopicPartition partition() {
    return partition;
  }

  /** How many responses the request asks for. */
  int size() {
    return size;
  }

  /** When its first one came, nanoseconds of the clock. */
  long since() {
    return since;
  }

  /** Whether nothing more is to come. */
  boolean isAllHere() {
    return records() >= size;
  }

  /** Records of it that are here. */
  int records() {
    return members.size() + unusable.size();
  }

  /**
   * Records of others that have come after its first one.
   *
   * @param read records of its partition that have been read by now
   */
  long overtakenBy(long read) {
    return read - readBefore - records();
  }

  /** Responses that can be scored, in the order in which they came. */
  List<RolloutRecord> members() {
    return members;
  }

  /** It is another member's: nothing becomes of it here. */
  void drop() {
    dropped = true;
  }

  boolean isDropped() {
    return dropped;
  }

  /** Records whose rollouts nobody can score. */
  List<ConsumerRecord<String, byte[]>> unusable() {
    return unusable;
  }

  /** What is wrong with the last of those. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }
}
