package org.rlhfstreams.learner.loop;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.rlhfstreams.schemas.DeadLetterKind;

/** Records refused since they were last taken. */
final class Refusals {
  private final List<Refusal> refusals = new ArrayList<>();

  /** Notes one. */
  void add(
      ConsumerRecord<String, byte[]> record, DeadLetterKind kind, String reason, int lostRollouts) {
    refusals.add(new Refusal(record, kind, reason, lostRollouts));
  }

  /** Hands out all of them and forgets them. */
  List<Refusal> take() {
    List<Refusal> taken = List.copyOf(refusals);
    refusals.clear();
    return taken;
  }

  boolean isEmpty() {
    return refusals.isEmpty();
  }

  /** Forgets all of them. */
  void clear() {
    refusals.clear();
  }
}
