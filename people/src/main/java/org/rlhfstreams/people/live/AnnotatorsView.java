package org.rlhfstreams.people.live;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rlhfstreams.events.AnnotatorStatistics;

/** Running figures of each annotator, and of all together. */
public final class AnnotatorsView {
  private final Map<String, AnnotatorStatistics> byName = new TreeMap<>();

  /** A record of the topic; the newest of a name holds. */
  public synchronized void apply(AnnotatorStatistics statistics) {
    byName.put(statistics.getAnnotator(), statistics);
  }

  /** Of all together. */
  public synchronized Optional<AnnotatorStatistics> all() {
    return Optional.ofNullable(byName.get(""));
  }

  /** Of each, by name. */
  public synchronized List<AnnotatorStatistics> each() {
    return byName.values().stream().filter(one -> !one.getAnnotator().isEmpty()).toList();
  }
}
