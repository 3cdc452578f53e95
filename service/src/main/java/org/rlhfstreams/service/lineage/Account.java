package org.rlhfstreams.service.lineage;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rule that every admitted response is sampled, scored and learned from once: {@code rolloutId
 * = requestId/sampleIndex} names it from its admission on.
 */
public final class Account {
  private final Set<String> admitted = new HashSet<>();
  private final Set<String> passedByWorkers = new HashSet<>();
  private final Set<String> passedByScoring = new HashSet<>();
  private final Map<Stage, Map<String, Integer>> seen = new HashMap<>();
  private final Set<String> dead = new HashSet<>();
  private long requests;

  /** What can happen to a response. */
  public enum Stage {
    /** It was admitted. */
    ADMITTED,
    /** A worker has sampled it. */
    SAMPLED,
    /** The reward service has scored it. */
    SCORED,
    /** A step has learned from it. */
    LEARNED
  }

  /** An account in which nothing has happened. */
  public Account() {
    for (Stage stage : Stage.values()) {
      seen.put(stage, new HashMap<>());
    }
  }

  /**
   * Enters a request.
   *
   * @param samples responses that it asks for
   * @param passed whether the workers have committed that they are done with it
   */
  public void admit(String requestId, int samples, boolean passed) {
    requests++;
    for (int i = 0; i < samples; i++) {
      String rolloutId = requestId + "/" + i;
      admitted.add(rolloutId);
      enter(Stage.ADMITTED, rolloutId);
      if (passed) {
        passedByWorkers.add(rolloutId);
      }
    }
  }

  /**
   * Enters a rollout.
   *
   * @param passed whether the reward service has committed that it is done with it
   */
  public void sample(String rolloutId, boolean passed) {
    enter(Stage.SAMPLED, rolloutId);
    if (passed) {
      passedByScoring.add(rolloutId);
    }
  }

  /** Enters that a response has come so far. */
  public void enter(Stage stage, String rolloutId) {
    seen.get(stage).merge(rolloutId, 1, Integer::sum);
  }

  /** Enters that a response was given up, with a dead letter that says why. */
  public void bury(String rolloutId) {
    dead.add(rolloutId);
  }

  /** Requests entered. */
  public long requests() {
    return requests;
  }

  /** Different responses that have come so far, of those admitted. */
  public long count(Stage stage) {
    return seen.get(stage).keySet().stream().filter(admitted::contains).count();
  }

  /** Admitted responses that were given up. */
  public long dead() {
    return dead.stream().filter(admitted::contains).count();
  }

  /** Responses in the log that nobody has admitted, such as those of a test. */
  public long unasked() {
    Set<String> all = new HashSet<>(seen.get(Stage.SAMPLED).keySet());
    all.addAll(seen.get(Stage.SCORED).keySet());
    all.removeAll(admitted);
    return all.size();
  }

  /** Responses that have come to some stage twice or more. */
  public List<String> doubled() {
    Set<String> twice = new TreeSet<>();
    seen.values()
        .forEach(
            stage ->
                stage.forEach(
                    (rolloutId, times) -> {
                      if (times > 1 && admitted.contains(rolloutId)) {
                        twice.add(rolloutId);
                      }
                    }));
    return List.copyOf(twice);
  }

  /** Responses that a stage is done with, but that are neither in the next one nor dead. */
  public List<String> lost() {
    return admitted.stream().filter(this::isLost).sorted().toList();
  }

  private boolean isLost(String id) {
    boolean inWork = passedByWorkers.contains(id) && !seen.get(Stage.SAMPLED).containsKey(id);
    boolean inScoring = passedByScoring.contains(id) && !seen.get(Stage.SCORED).containsKey(id);
    return (inWork || inScoring) && !dead.contains(id);
  }

  /** Admitted responses that wait for a worker or for their score. */
  public long underWay() {
    return admitted.stream()
            .filter(id -> !seen.get(Stage.SCORED).containsKey(id) && !dead.contains(id))
            .count()
        - lost().size();
  }

  /** Whether nothing is doubled and nothing lost. */
  public boolean balances() {
    return doubled().isEmpty() && lost().isEmpty();
  }
}
