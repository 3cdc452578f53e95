package org.rlhfstreams.people.live;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rlhfstreams.events.DeadLetter;

/** The newest records that nobody could use, without their bytes, and how many of each kind. */
public final class DeadLettersView {
  private static final int MOST = 500;
  private static final int MOST_KINDS = 100;
  private static final int LONGEST_REASON = 2_000;

  private final Deque<Refused> newest = new ArrayDeque<>();
  private final Map<String, Long> counts = new TreeMap<>();

  /**
   * One of them: where it was read, by whom, and why it could not be used.
   *
   * @param cut which of its parts the dead letter does not have whole
   */
  public record Refused(
      String topic,
      int partition,
      long offset,
      String stage,
      String kind,
      String reason,
      List<String> cut,
      Instant refusedAt) {}

  /** A record of the topic. Returns it as it is kept. */
  public synchronized Refused apply(DeadLetter letter) {
    String reason = letter.getReason();
    Refused refused =
        new Refused(
            letter.getTopic(),
            letter.getPartition(),
            letter.getOffset(),
            letter.getStage(),
            letter.getKind(),
            reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + "…" : reason,
            List.copyOf(letter.getCut()),
            letter.getRefusedAt());
    newest.addFirst(refused);
    if (newest.size() > MOST) {
      newest.removeLast();
    }
    String kind =
        counts.containsKey(refused.kind()) || counts.size() < MOST_KINDS ? refused.kind() : "other";
    counts.merge(kind, 1L, Long::sum);
    return refused;
  }

  /** Newest first. */
  public synchronized List<Refused> newest(int limit) {
    return newest.stream().limit(limit).toList();
  }

  /** How many of each kind since the log began. */
  public synchronized Map<String, Long> counts() {
    return Map.copyOf(counts);
  }
}
