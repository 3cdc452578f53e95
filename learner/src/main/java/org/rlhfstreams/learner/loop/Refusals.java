package org.rlhfstreams.learner.loop;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.rlhfstreams.schemas.DeadLetterKind;

/** Records refused since they were last taken. */
final class Refusals {
  private static final int MANY = 1000;
  private static final long MANY_BYTES = 16 << 20;

  private final List<Refusal> refusals = new ArrayList<>();
  private long bytes;

  /** Notes one. */
  void add(
      ConsumerRecord<String, byte[]> record, DeadLetterKind kind, String reason, int lostRollouts) {
    refusals.add(new Refusal(record, kind, reason, lostRollouts));
    bytes += Math.max(0, record.serializedValueSize());
  }

  /** Hands out all of them and forgets them. */
  List<Refusal> take() {
    List<Refusal> taken = List.copyOf(refusals);
    clear();
    return taken;
  }

  boolean isEmpty() {
    return refusals.isEmpty();
  }

  /** Whether so many are held that they should leave before there are more. */
  boolean areMany() {
    return refusals.size() >= MANY || bytes >= MANY_BYTES;
  }

  /** Forgets all of them. */
  void clear() {
    refusals.clear();
    bytes = 0;
  }
}
