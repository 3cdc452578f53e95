package org.rlhfstreams.topology.scores;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;

/**
 * What was decoded lately of rollouts that wait, so that it is not decoded again when they go on.
 * No state: of what is not here, because there was too much of it or the join was started again,
 * the bytes are in the stores.
 */
final class RecentEvents {
  private final long mostBytes;
  private final Map<String, Events> byRollout = new LinkedHashMap<>();
  private long bytes;

  /** Of one rollout. */
  private static final class Events {
    private final Map<String, Score> scores = new HashMap<>();
    private Rollout rollout;
    private long bytes;
  }

  /**
   * @param mostBytes of encoded events; of more the oldest rollout is left out
   */
  RecentEvents(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Keeps a rollout that was decoded. */
  void keep(Rollout rollout, int encoded) {
    of(rollout.getRolloutId(), encoded).rollout = rollout;
    trim();
  }

  /** Keeps a score that was decoded. */
  void keep(Score score, int encoded) {
    of(score.getRolloutId(), encoded).scores.put(score.getScorer(), score);
    trim();
  }

  private Events of(String rolloutId, int encoded) {
    Events events = byRollout.computeIfAbsent(rolloutId, id -> new Events());
    events.bytes += encoded;
    bytes += encoded;
    return events;
  }

  private void trim() {
    Iterator<Events> oldest = byRollout.values().iterator();
    while (bytes > mostBytes) {
      bytes -= oldest.next().bytes;
      oldest.remove();
    }
  }

  Optional<Rollout> rollout(String rolloutId) {
    Events events = byRollout.get(rolloutId);
    return events == null ? Optional.empty() : Optional.ofNullable(events.rollout);
  }

  Optional<Score> score(String rolloutId, String scorer) {
    Events events = byRollout.get(rolloutId);
    return events == null ? Optional.empty() : Optional.ofNullable(events.scores.get(scorer));
  }

  /** The rollout waits no more. */
  void forget(String rolloutId) {
    Events events = byRollout.remove(rolloutId);
    if (events != null) {
      bytes -= events.bytes;
    }
  }
}
