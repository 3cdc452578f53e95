package org.rlhfstreams.topology.comparisons;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The rule which questions are open. No more than so many are, each lane has its share of them, and
 * a share that one lane does not fill another one may. When all places are taken, a question gets
 * in for one that nobody has answered: where its lane has less than its share, for the least useful
 * one of a lane that has more; else for a less useful one of its own lane.
 */
final class ComparisonBacklog {
  private final int size;
  private final Map<Lane, Integer> shares = new EnumMap<>(Lane.class);
  private final Map<Lane, Integer> counts = new EnumMap<>(Lane.class);
  private final Map<Lane, TreeSet<OpenQuestion>> unanswered = new EnumMap<>(Lane.class);
  private final Map<String, OpenQuestion> open = new HashMap<>();

  /**
   * Where a question gets in.
   *
   * @param instead the id of the question that closes for it; empty where a place is free
   */
  record Place(Optional<String> instead) {}

  ComparisonBacklog(ComparisonSettings settings) {
    this.size = settings.backlog();
    boolean asksGold = !settings.goldQuestions().isEmpty() && settings.goldShare() > 0;
    int gold = asksGold ? Math.min(size - 1, Math.max(1, rounded(size * settings.goldShare()))) : 0;
    int random = rounded((size - gold) * settings.randomShare());
    shares.put(Lane.GOLD, gold);
    shares.put(Lane.RANDOM, random);
    shares.put(Lane.CLOSE, size - gold - random);
    for (Lane lane : Lane.values()) {
      unanswered.put(lane, new TreeSet<>(OpenQuestion.BY_USEFULNESS));
    }
    clear();
  }

  private static int rounded(double places) {
    return (int) Math.round(places);
  }

  boolean contains(String comparisonId) {
    return open.containsKey(comparisonId);
  }

  /** Places that a lane has less than its share; negative where it has more. */
  int missing(Lane lane) {
    return shares.get(lane) - counts.get(lane);
  }

  /** Where a question would get in, if anywhere. */
  Optional<Place> place(Lane lane, double usefulness) {
    if (open.size() < size) {
      // Unanswered gold questions may not fill what others leave free.
      boolean enoughGold = lane == Lane.GOLD && counts.get(lane) >= Math.max(1, shares.get(lane));
      return enoughGold ? Optional.empty() : Optional.of(new Place(Optional.empty()));
    }
    Optional<OpenQuestion> least =
        missing(lane) > 0
            ? leastUsefulOfTooMany()
            : leastUseful(lane).filter(question -> question.usefulness() < usefulness);
    return least.map(question -> new Place(Optional.of(question.comparisonId())));
  }

  private Optional<OpenQuestion> leastUsefulOfTooMany() {
    for (Lane lane : Lane.values()) {
      if (missing(lane) < 0 && !unanswered.get(lane).isEmpty()) {
        return leastUseful(lane);
      }
    }
    return Optional.empty();
  }

  private Optional<OpenQuestion> leastUseful(Lane lane) {
    TreeSet<OpenQuestion> questions = unanswered.get(lane);
    return questions.isEmpty() ? Optional.empty() : Optional.of(questions.first());
  }

  /** Opens a question; its place is the caller's matter. */
  void add(OpenQuestion question) {
    if (open.put(question.comparisonId(), question) != null) {
      throw new IllegalStateException(question.comparisonId() + " is open already");
    }
    counts.merge(question.lane(), 1, Integer::sum);
    keep(question);
  }

  private void keep(OpenQuestion question) {
    TreeSet<OpenQuestion> replaceable = unanswered.get(question.lane());
    if (!question.answered() && !replaceable.add(question)) {
      throw new IllegalStateException(question.comparisonId() + " has a place already");
    }
  }

  /** Says whether an answer to an open question counts. */
  void answered(String comparisonId, boolean answered) {
    OpenQuestion before = remove(comparisonId);
    add(new OpenQuestion(comparisonId, before.lane(), before.usefulness(), answered));
  }

  /** Closes an open question. */
  OpenQuestion remove(String comparisonId) {
    OpenQuestion question = open.remove(comparisonId);
    counts.merge(question.lane(), -1, Integer::sum);
    if (!question.answered() && !unanswered.get(question.lane()).remove(question)) {
      throw new IllegalStateException(comparisonId + " had no place");
    }
    return question;
  }

  /** Forgets all. */
  void clear() {
    open.clear();
    for (Lane lane : Lane.values()) {
      counts.put(lane, 0);
      unanswered.get(lane).clear();
    }
  }
}
