package org.rlhfstreams.people.live;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rlhfstreams.events.Comparison;

/** The questions: whole while they are open, their ids alone afterwards. */
public final class ComparisonsView {
  /** Open ones that are kept; the topology opens far fewer. */
  private static final int MOST_OPEN = 20_000;

  private final Map<String, Comparison> open = new LinkedHashMap<>();
  private final Set<String> closed = new HashSet<>();

  /** A record of the topic; the newest of a key holds. */
  public synchronized void apply(Comparison comparison) {
    String id = comparison.getComparisonId();
    if (comparison.getClosed() != null) {
      open.remove(id);
      closed.add(id);
      return;
    }
    closed.remove(id);
    open.put(id, comparison);
    if (open.size() > MOST_OPEN) {
      Iterator<String> oldest = open.keySet().iterator();
      closed.add(oldest.next());
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
    return closed.contains(comparisonId);
  }
}
