package org.rlhfstreams.people.live;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rlhfstreams.events.Choice;
import org.rlhfstreams.events.Judgement;

/**
 * Every judgement there is, by its id. The order in which records of one id come makes no
 * difference, so that what this process has just published can be put in before the log shows it:
 * the first record of an id says what it is, and once it is taken back it stays so.
 */
public final class JudgementsView {
  private final Map<String, Judgement> byId = new HashMap<>();
  private final Map<String, Map<String, String>> live = new HashMap<>();
  private final Map<String, Set<String>> takenBack = new HashMap<>();
  private final Map<String, Integer> answers = new HashMap<>();
  private long count;

  /**
   * A record of the topic.
   *
   * @return whether it told something new
   */
  public synchronized boolean apply(Judgement judgement) {
    String id = judgement.getJudgementId();
    Judgement known = byId.get(id);
    if (known == null) {
      byId.put(id, judgement);
      if (judgement.getWithdrawn()) {
        of(takenBack, judgement).add(judgement.getComparisonId());
      } else {
        count(judgement, 1);
        of(judgement.getAnnotator()).put(judgement.getComparisonId(), id);
        of(takenBack, judgement).remove(judgement.getComparisonId());
      }
      return true;
    }
    if (judgement.getWithdrawn() && !known.getWithdrawn()) {
      byId.put(id, Judgement.newBuilder(known).setWithdrawn(true).build());
      count(known, -1);
      of(known.getAnnotator()).remove(known.getComparisonId(), id);
      of(takenBack, known).add(known.getComparisonId());
      return true;
    }
    return false;
  }

  private static Set<String> of(Map<String, Set<String>> takenBack, Judgement judgement) {
    return takenBack.computeIfAbsent(judgement.getAnnotator(), any -> new LinkedHashSet<>());
  }

  private void count(Judgement judgement, int change) {
    count += change;
    if (judgement.getChoice() != Choice.SKIP) {
      answers.merge(judgement.getComparisonId(), change, Integer::sum);
    }
  }

  private Map<String, String> of(String annotator) {
    return live.computeIfAbsent(annotator, any -> new LinkedHashMap<>());
  }

  /** The judgement of that id, taken back or not. */
  public synchronized Optional<Judgement> find(String judgementId) {
    return Optional.ofNullable(byId.get(judgementId));
  }

  /** Whether this person has judged that comparison, and not taken it back. */
  public synchronized boolean hasJudged(String annotator, String comparisonId) {
    Map<String, String> theirs = live.get(annotator);
    return theirs != null && theirs.containsKey(comparisonId);
  }

  /** Comparisons that this person has taken their answer back from, and not answered again. */
  public synchronized Set<String> takenBack(String annotator) {
    return Set.copyOf(takenBack.getOrDefault(annotator, Set.of()));
  }

  /** Answers to a comparison that count; skips are none. */
  public synchronized int answers(String comparisonId) {
    return answers.getOrDefault(comparisonId, 0);
  }

  /** Judgements that count, skips included. */
  public synchronized long count() {
    return count;
  }

  /** What counts of one person, oldest first. */
  public synchronized List<Judgement> by(String annotator) {
    Map<String, String> theirs = live.get(annotator);
    List<Judgement> judgements = new ArrayList<>();
    if (theirs != null) {
      theirs.values().forEach(id -> judgements.add(byId.get(id)));
    }
    return judgements;
  }
}
