package org.rlhfstreams.reward;

import java.time.Instant;
import java.util.Optional;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;
import org.rlhfstreams.schemas.ScoreRules;

/** What a scorer has answered, as the event that says so. */
public final class AnswerScores {
  /** Characters of what people are told; a record has bounds. */
  private static final int LONGEST_TEXT = 4_000;

  private AnswerScores() {}

  /**
   * The event of an answer. One that breaks a rule becomes a failure, with the rule as its reason.
   *
   * @param scorer its name in events
   * @param rescored whether the rollout is one of the past
   */
  public static Score of(String scorer, Rollout rollout, ScorerAnswer answer, boolean rescored) {
    Score score =
        Score.newBuilder()
            .setRolloutId(rollout.getRolloutId())
            .setRequestId(rollout.getRequestId())
            .setScorer(scorer)
            .setScorerVersion(answer.version())
            .setModelVersion(answer.modelVersion().orElse(null))
            .setValue(answer.value().isPresent() ? answer.value().getAsDouble() : null)
            .setTokenValues(answer.tokenValues().orElse(null))
            .setExplanation(answer.explanation().map(AnswerScores::cut).orElse(null))
            .setFailure(answer.failure().map(AnswerScores::cut).orElse(null))
            .setScoredAt(Instant.now())
            .setRescored(rescored)
            .build();
    Optional<String> problem =
        ScoreRules.problem(score).or(() -> ScoreRules.problem(score, rollout));
    return problem.isEmpty()
        ? score
        : Score.newBuilder(score)
            .setValue(null)
            .setTokenValues(null)
            .setFailure(cut(problem.get()))
            .build();
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
  }
}
