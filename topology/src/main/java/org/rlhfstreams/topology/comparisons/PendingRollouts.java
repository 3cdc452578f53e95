package org.rlhfstreams.topology.comparisons;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.rlhfstreams.events.WeightVersion;

/**
 * Rollouts that wait to be compared, and every pair that they could make. Bounded for each prompt
 * and in all: the oldest versions leave first. Depends on what is in it alone, not on the order in
 * which it came.
 */
final class PendingRollouts {
  private final ComparisonSettings settings;
  private final PairUsefulness rule;
  private final Map<String, PendingRollout> rollouts = new HashMap<>();
  private final TreeSet<PendingRollout> byAge = new TreeSet<>(PendingRollout.BY_AGE);
  private final Map<String, TreeSet<PendingRollout>> byPrompt = new HashMap<>();
  private final Map<Lane, TreeSet<CandidatePair>> pairs = new EnumMap<>(Lane.class);
  private final Map<String, List<CandidatePair>> pairsOfRollout = new HashMap<>();

  PendingRollouts(ComparisonSettings settings) {
    this.settings = settings;
    this.rule = new PairUsefulness(settings.randomShare());
    for (Lane lane : Lane.values()) {
      pairs.put(lane, new TreeSet<>(CandidatePair.BY_USEFULNESS));
    }
  }

  /** How many wait. */
  int size() {
    return rollouts.size();
  }

  boolean contains(String rolloutId) {
    return rollouts.containsKey(rolloutId);
  }

  /** The most useful pair of a lane. */
  Optional<CandidatePair> best(Lane lane) {
    TreeSet<CandidatePair> waiting = pairs.get(lane);
    return waiting.isEmpty() ? Optional.empty() : Optional.of(waiting.last());
  }

  /**
   * Adds one that is not there.
   *
   * @return those that had to leave for it, which may be itself
   */
  List<String> add(PendingRollout rollout) {
    TreeSet<PendingRollout> others =
        byPrompt.computeIfAbsent(rollout.prompt(), prompt -> new TreeSet<>(PendingRollout.BY_AGE));
    for (PendingRollout other : others) {
      if (settings.versions().mayPair(rollout.version(), other.version())
          && !rollout.text().equals(other.text())) {
        pair(rollout, other);
      }
    }
    if (rollouts.put(rollout.rolloutId(), rollout) != null
        || !others.add(rollout)
        || !byAge.add(rollout)) {
      throw new IllegalStateException(rollout.rolloutId() + " waits already");
    }
    List<String> left = new ArrayList<>();
    if (others.size() > settings.pendingPerPrompt()) {
      left.add(others.first().rolloutId());
    } else if (byAge.size() > settings.pending()) {
      left.add(byAge.first().rolloutId());
    }
    left.forEach(this::remove);
    return left;
  }

  private void pair(PendingRollout one, PendingRollout other) {
    boolean inOrder = one.rolloutId().compareTo(other.rolloutId()) < 0;
    String first = inOrder ? one.rolloutId() : other.rolloutId();
    String second = inOrder ? other.rolloutId() : one.rolloutId();
    String comparisonId = first + "|" + second;
    Lane lane = rule.lane(comparisonId);
    double usefulness = rule.of(lane, comparisonId, Math.abs(one.score() - other.score()));
    CandidatePair pair = new CandidatePair(comparisonId, first, second, lane, usefulness);
    if (pairs.get(lane).add(pair)) {
      pairsOfRollout.computeIfAbsent(first, id -> new ArrayList<>()).add(pair);
      pairsOfRollout.computeIfAbsent(second, id -> new ArrayList<>()).add(pair);
    }
  }

  /** Takes one out, and all its pairs. */
  void remove(String rolloutId) {
    PendingRollout rollout = rollouts.remove(rolloutId);
    TreeSet<PendingRollout> others = byPrompt.get(rollout.prompt());
    if (!byAge.remove(rollout) || !others.remove(rollout)) {
      throw new IllegalStateException(rolloutId + " does not wait");
    }
    if (others.isEmpty()) {
      byPrompt.remove(rollout.prompt());
    }
    List<CandidatePair> gone = pairsOfRollout.remove(rolloutId);
    if (gone == null) {
      return;
    }
    for (CandidatePair pair : gone) {
      boolean first = pair.firstRolloutId().equals(rolloutId);
      String partner = first ? pair.secondRolloutId() : pair.firstRolloutId();
      List<CandidatePair> left = pairsOfRollout.get(partner);
      if (!pairs.get(pair.lane()).remove(pair) || !left.remove(pair)) {
        throw new IllegalStateException(pair.comparisonId() + " is half gone");
      }
      if (left.isEmpty()) {
        pairsOfRollout.remove(partner);
      }
    }
  }

  /**
   * Takes out all whose version is expired.
   *
   * @return their ids
   */
  List<String> expire(WeightVersion newest) {
    List<String> expired = new ArrayList<>();
    for (PendingRollout oldest : byAge) {
      if (!settings.expiry().isExpired(oldest.version(), newest)) {
        break;
      }
      expired.add(oldest.rolloutId());
    }
    expired.forEach(this::remove);
    return expired;
  }

  /** Forgets all. */
  void clear() {
    rollouts.clear();
    byAge.clear();
    byPrompt.clear();
    pairsOfRollout.clear();
    pairs.values().forEach(TreeSet::clear);
  }
}
