package org.rlhfstreams.people.live;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.events.Comparison;

/** The questions: whole while they are open, their ids alone afterwards. */
public final class ComparisonsView {
  /** Open ones that are kept; the topology opens far fewer. */
  private static final int MOST_OPEN = 20_000;

  /** Closed ones that are known as such; of older ones nobody asks any more. */
  private static final int MOST_CLOSED = 100_000;

  /** Why the topology closes a question that has its answers. */
  private static final String JUDGED = "judged";

  private final Map<String, Comparison> open = new LinkedHashMap<>();

  /** Whether answers closed them. */
  private final Map<String, Boolean> closed = new LinkedHashMap<>();

  /** A record of the topic; the newest of a key holds. */
  public synchronized void apply(Comparison comparison) {
    String id = comparison.getComparisonId();
    if (comparison.getClosed() != null) {
      open.remove(id);
      close(id, comparison.getClosed().equals(JUDGED));
      return;
    }
    closed.remove(id);
    open.put(id, comparison);
    if (open.size() > MOST_OPEN) {
      Iterator<String> oldest = open.keySet().iterator();
      close(oldest.next(), false);
      oldest.remove();
    }
  }

  private void close(String id, boolean isJudged) {
    closed.put(id, isJudged);
    if (closed.size() > MOST_CLOSED) {
      Iterator<String> oldest = closed.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** The open ones, oldest first. */
  public synchronized List<Comparison> open() {
    return List.copyOf(open.values());
  }

  /** How many are open. */
  public synchronized int countOpen() {
    return open.size();
  }

  /** An open one. */
  public synchronized Optional<Comparison> find(String comparisonId) {
    return Optional.ofNullable(open.get(comparisonId));
  }

  /** Whether it was open once and is no more. */
  public synchronized boolean isClosed(String comparisonId) {
    return closed.containsKey(comparisonId);
  }

  /**
   * Whether an answer to it will be counted: it is open, or answers closed it, so that the topology
   * keeps it for good.
   */
  public synchronized boolean takesAnswers(String comparisonId) {
    return open.containsKey(comparisonId) || closed.getOrDefault(comparisonId, false);
  }
}
