package org.rlhfstreams.learner.loop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.rlhfstreams.learner.data.ScoredSample;

/**
 * The rule that all responses of a request are learned from together. They arrive between those of
 * others; a group is whole when its last one has come.
 */
final class SampleGroups {
  private final int size;
  private final Map<String, List<Member>> open = new LinkedHashMap<>();

  /** One response and where it was read. */
  record Member(ConsumerRecord<String, byte[]> record, ScoredSample sample) {}

  /**
   * @param size responses to a request
   */
  SampleGroups(int size) {
    this.size = size;
  }

  /** Takes one; its whole group where it was the last of it, else nothing. */
  List<Member> add(ConsumerRecord<String, byte[]> record, ScoredSample sample) {
    List<Member> members = open.computeIfAbsent(sample.requestId(), id -> new ArrayList<>());
    members.add(new Member(record, sample));
    if (members.size() < size) {
      return List.of();
    }
    open.remove(sample.requestId());
    return members;
  }

  /** Offsets of the responses that wait for others. */
  List<Long> waiting() {
    return open.values().stream()
        .flatMap(List::stream)
        .map(member -> member.record().offset())
        .sorted()
        .toList();
  }

  /**
   * Gives up groups that began before an offset; their members.
   *
   * @param offset that the others have reached
   */
  List<Member> giveUp(long offset) {
    List<Member> given = new ArrayList<>();
    open.values()
        .removeIf(
            members -> {
              boolean old = members.get(0).record().offset() < offset;
              if (old) {
                given.addAll(members);
              }
              return old;
            });
    return given;
  }

  /** Forgets all of them. */
  void clear() {
    open.clear();
  }
}
