package org.rlhfstreams.people.desk;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.rlhfstreams.common.ContentDigest;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.people.live.ComparisonsView;
import org.rlhfstreams.people.live.JudgementsView;

/**
 * The rule of who gets which question: one that they have taken their answer back from, else the
 * one that fewest have answered, else the oldest; never one that they have answered, and none that
 * lies before enough others. It lies before them until they answer, or until the lease runs out.
 */
public final class Desk {
  /** Questions that a page may hold for one person; the oldest goes back when there are more. */
  private static final int MOST_FOR_ONE = 16;

  /** Well within the time for which the topology knows a question that was closed unanswered. */
  private static final Duration LONGEST_AFTER_CLOSING = Duration.ofMinutes(5);

  private final ComparisonsView comparisons;
  private final JudgementsView judgements;
  private final Duration lease;
  private final Duration afterClosing;
  private final Clock clock;
  private final long salt = new SecureRandom().nextLong();
  private final Map<String, Map<String, Instant>> byAnnotator = new HashMap<>();
  private final Map<String, Map<String, Instant>> byComparison = new HashMap<>();

  public Desk(ComparisonsView comparisons, JudgementsView judgements, Duration lease, Clock clock) {
    this.comparisons = comparisons;
    this.judgements = judgements;
    this.lease = lease;
    this.afterClosing = lease.compareTo(LONGEST_AFTER_CLOSING) < 0 ? lease : LONGEST_AFTER_CLOSING;
    this.clock = clock;
  }

  /**
   * The next question for someone, who has it from now on; the same one again until it is answered.
   *
   * @param exclude questions that their page has already
   */
  public synchronized Optional<Lease> next(String annotator, Set<String> exclude) {
    Instant now = clock.instant();
    Map<String, Instant> theirs = expire(annotator, now);
    for (String held : theirs.keySet()) {
      Optional<Comparison> comparison = comparisons.find(held);
      if (!exclude.contains(held)
          && comparison.isPresent()
          && !judgements.hasJudged(annotator, held)) {
        return Optional.of(give(annotator, comparison.get(), now));
      }
    }
    return best(annotator, exclude, now).map(comparison -> give(annotator, comparison, now));
  }

  private Optional<Comparison> best(String annotator, Set<String> exclude, Instant now) {
    Set<String> takenBack = judgements.takenBack(annotator);
    Comparison best = null;
    int fewest = Integer.MAX_VALUE;
    for (Comparison comparison : comparisons.open()) { // the oldest comes first
      String id = comparison.getComparisonId();
      if (exclude.contains(id) || !mayGet(annotator, comparison, now)) {
        continue;
      }
      int answers = takenBack.contains(id) ? -1 : judgements.answers(id);
      if (answers < fewest) {
        best = comparison;
        fewest = answers;
      }
      if (fewest < 0 || (fewest == 0 && takenBack.isEmpty())) {
        break; // no other can come before it
      }
    }
    return Optional.ofNullable(best);
  }

  /** Whether those who have answered, and those before whom it lies, leave room for one more. */
  private boolean mayGet(String annotator, Comparison comparison, Instant now) {
    String id = comparison.getComparisonId();
    if (judgements.hasJudged(annotator, id)) {
      return false;
    }
    long others =
        byComparison.getOrDefault(id, Map.of()).entrySet().stream()
            .filter(one -> !one.getKey().equals(annotator) && one.getValue().isAfter(now))
            .filter(one -> !judgements.hasJudged(one.getKey(), id))
            .count();
    return judgements.answers(id) + others < comparison.getWantedJudgements();
  }

  private Lease give(String annotator, Comparison comparison, Instant now) {
    String id = comparison.getComparisonId();
    Instant until = now.plus(lease);
    Map<String, Instant> theirs =
        byAnnotator.computeIfAbsent(annotator, any -> new LinkedHashMap<>());
    theirs.put(id, until);
    byComparison.computeIfAbsent(id, any -> new HashMap<>()).put(annotator, until);
    if (theirs.size() > MOST_FOR_ONE) {
      release(annotator, theirs.keySet().iterator().next());
    }
    // The same person sees it the same way however often they come back; another may not.
    boolean swapped = (ContentDigest.of(salt, annotator, id).low() & 1) == 1;
    return new Lease(comparison, swapped, until);
  }

  /**
   * Whether a question lies before someone, also one that was closed meanwhile: they have done the
   * work, and the topology takes their answer for a while.
   */
  public synchronized boolean liesBefore(String annotator, String comparisonId) {
    Instant until = byAnnotator.getOrDefault(annotator, Map.of()).get(comparisonId);
    return until != null && until.minus(lease).plus(afterClosing).isAfter(clock.instant());
  }

  /** The person has answered it, or leaves it to others. */
  public synchronized void release(String annotator, String comparisonId) {
    Map<String, Instant> theirs = byAnnotator.get(annotator);
    if (theirs != null) {
      theirs.remove(comparisonId);
      if (theirs.isEmpty()) {
        byAnnotator.remove(annotator);
      }
    }
    Map<String, Instant> holders = byComparison.get(comparisonId);
    if (holders != null) {
      holders.remove(annotator);
      if (holders.isEmpty()) {
        byComparison.remove(comparisonId);
      }
    }
  }

  /** Gives back what has run out, of everyone. */
  public synchronized void tidy() {
    Instant now = clock.instant();
    Set.copyOf(byAnnotator.keySet()).forEach(annotator -> expire(annotator, now));
  }

  private Map<String, Instant> expire(String annotator, Instant now) {
    Map<String, Instant> theirs = byAnnotator.get(annotator);
    if (theirs == null) {
      return new LinkedHashMap<>();
    }
    Iterator<Map.Entry<String, Instant>> each = theirs.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<String, Instant> held = each.next();
      if (!held.getValue().isAfter(now)) {
        each.remove();
        Map<String, Instant> holders = byComparison.get(held.getKey());
        if (holders != null) {
          holders.remove(annotator);
          if (holders.isEmpty()) {
            byComparison.remove(held.getKey());
          }
        }
      }
    }
    if (theirs.isEmpty()) {
      byAnnotator.remove(annotator);
    }
    return Objects.requireNonNullElseGet(byAnnotator.get(annotator), LinkedHashMap::new);
  }
}
