package org.rlhfstreams.people.live;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.events.ComponentScore;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.ScoreRules;

/** The newest rollouts, those that wait for a score included, and how people rated them. */
public final class RateableView {
  /** How many are remembered. */
  public static final int MOST = 1_000;

  private final Map<String, Known> byId = new LinkedHashMap<>();

  /**
   * One rollout that may be rated.
   *
   * @param partition of its record, where its scores belong
   * @param version of the policy that finished it
   */
  public record Rateable(
      String rolloutId,
      String requestId,
      int partition,
      String promptId,
      String prompt,
      String response,
      WeightVersion version,
      String finishReason,
      Instant finishedAt) {}

  /** A sampled one. */
  public synchronized void apply(Rollout rollout, int partition) {
    Known known = known(rollout.getRolloutId());
    known.rollout =
        new Rateable(
            rollout.getRolloutId(),
            rollout.getRequestId(),
            partition,
            rollout.getPromptId(),
            RolloutsView.shortened(
                PromptMessages.transcript(rollout.getPromptText(), rollout.getPromptMessages())),
            RolloutsView.shortened(rollout.getResponseText()),
            RolloutsView.finishedBy(rollout),
            rollout.getFinishReason().name(),
            rollout.getFinishedAt());
  }

  /** A scored one, which may be read before the rollout itself. */
  public synchronized void apply(ScoredRollout scored) {
    Known known = known(scored.getRollout().getRolloutId());
    known.isScored = true;
    ComponentScore rating = scored.getScores().get(ScoreRules.PEOPLE);
    if (rating != null) {
      known.rating = rating.getValue();
    }
  }

  /** Somebody's rating that is in the log. */
  public synchronized void rate(String rolloutId, double value) {
    known(rolloutId).rating = value;
  }

  private Known known(String rolloutId) {
    Known known = byId.computeIfAbsent(rolloutId, any -> new Known());
    if (byId.size() > MOST) {
      byId.remove(byId.keySet().iterator().next());
    }
    return known;
  }

  /** The rollout of this id, if it is remembered. */
  public synchronized Optional<Rateable> find(String rolloutId) {
    return Optional.ofNullable(byId.get(rolloutId)).map(known -> known.rollout);
  }

  /** How people rated it, if they did and that is remembered. */
  public synchronized Optional<Double> rating(String rolloutId) {
    return Optional.ofNullable(byId.get(rolloutId)).map(known -> known.rating);
  }

  /**
   * Rollouts that nobody has rated: first those that wait for a score, which may be this one, the
   * longest waiting first; then those that have all they need, newest first.
   */
  public synchronized List<Rateable> unrated(int limit) {
    List<Rateable> waiting = new ArrayList<>();
    List<Rateable> scored = new ArrayList<>();
    for (Known known : byId.values()) {
      if (known.rollout != null && known.rating == null) {
        (known.isScored ? scored : waiting).add(known.rollout);
      }
    }
    Collections.reverse(scored);
    waiting.addAll(scored);
    return waiting.stream().limit(limit).toList();
  }

  private static final class Known {
    private Rateable rollout;
    private Double rating;
    private boolean isScored;
  }
}
