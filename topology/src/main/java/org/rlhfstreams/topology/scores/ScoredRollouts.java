package org.rlhfstreams.topology.scores;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rlhfstreams.events.ComponentScore;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.ScoreRules;

/** Makes scored rollouts of a rollout and its scores. */
final class ScoredRollouts {
  private ScoredRollouts() {}

  /**
   * One of them.
   *
   * @param rollout without a problem
   * @param scores by scorer, without problems and failures; those that are required are there
   * @return with the first required reward's value as its score; 0 if only the reference is
   *     required, and then no reward is learned from
   */
  static ScoredRollout of(Rollout rollout, Map<String, Score> scores, ScoresSettings settings) {
    List<Float> reference = scores.get(ScoreRules.REFERENCE).getTokenValues();
    List<Float> policy = RolloutRules.comparableLogProbabilities(rollout);
    List<Float> kl = new ArrayList<>(reference.size());
    for (int t = 0; t < reference.size(); t++) {
      kl.add(policy.get(t) - reference.get(t));
    }
    return ScoredRollout.newBuilder()
        .setRollout(rollout)
        .setScore(firstReward(scores, settings))
        .setRewardModelVersion(modelVersion(scores, settings))
        .setReferenceLogProbabilities(reference)
        .setKl(kl)
        .setScoredAt(scoredAt(scores, settings))
        .setScores(components(scores))
        .setRequiredScorers(settings.awaited())
        .build();
  }

  private static float firstReward(Map<String, Score> scores, ScoresSettings settings) {
    List<String> required = settings.required();
    return required.isEmpty() ? 0 : (float) (double) scores.get(required.get(0)).getValue();
  }

  /** That of the first reward that is a model whose weights are published. */
  private static WeightVersion modelVersion(Map<String, Score> scores, ScoresSettings settings) {
    for (String scorer : settings.required()) {
      WeightVersion version = scores.get(scorer).getModelVersion();
      if (version != null) {
        return version;
      }
    }
    return new WeightVersion(0, 0L);
  }

  private static Instant scoredAt(Map<String, Score> scores, ScoresSettings settings) {
    Instant last = Instant.MIN;
    for (String scorer : settings.awaited()) {
      Instant at = scores.get(scorer).getScoredAt();
      last = at.isAfter(last) ? at : last;
    }
    return last;
  }

  private static Map<String, ComponentScore> components(Map<String, Score> scores) {
    Map<String, ComponentScore> components = new TreeMap<>();
    scores.forEach(
        (scorer, score) -> {
          if (!scorer.equals(ScoreRules.REFERENCE)) {
            components.put(
                scorer,
                ComponentScore.newBuilder()
                    .setValue(score.getValue())
                    .setScorerVersion(score.getScorerVersion())
                    .setTokenValues(score.getTokenValues())
                    .build());
          }
        });
    return components;
  }
}
