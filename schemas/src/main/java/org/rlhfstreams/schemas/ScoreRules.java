package org.rlhfstreams.schemas;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.Score;

/**
 * The rule for a score: a named scorer gives one finite value, or the reason for its absence, of a
 * rollout whose tokens its values fit. There is no default for a score that breaks it.
 */
public final class ScoreRules {
  /**
   * The scorer whose values are the reference model's log-probabilities; no reward has its name.
   */
  public static final String REFERENCE = "reference";

  /** The scorer whose values are people's ratings of rollouts. */
  public static final String PEOPLE = "people";

  /** Characters of a name at most: a consumer group and a metric are called so. */
  public static final int LONGEST_NAME = 64;

  private static final int SHOWN = 100;

  private ScoreRules() {}

  /** Whether a scorer can be called so: letters, digits, dots, hyphens and underscores. */
  public static boolean isName(String name) {
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char one = name.charAt(i);
      boolean isLetter = (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
      boolean isDigit = one >= '0' && one <= '9';
      if (!isLetter && !isDigit && one != '.' && one != '_' && one != '-') {
        return false;
      }
    }
    return true;
  }

  /** What is wrong with a score, whatever it is of, if anything. */
  public static Optional<String> problem(Score score) {
    if (!isName(score.getScorer())) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "a score of rollout %s has the scorer \"%s\"; a name has 1 to %d letters, digits,"
                  + " dots, hyphens and underscores",
              shown(score.getRolloutId()),
              shown(score.getScorer()),
              LONGEST_NAME));
    }
    if (score.getRolloutId().isEmpty() || score.getRequestId().isEmpty()) {
      return Optional.of(
          "a score of %s does not say of which rollout and request it is: set rolloutId and requestId to those of the rollout"
              .formatted(score.getScorer()));
    }
    if (score.getFailure() != null) {
      return score.getValue() == null
          ? Optional.empty()
          : Optional.of(
              told(score, "has a value and a failure; set value to null if it cannot be scored"));
    }
    if (score.getValue() == null) {
      return Optional.of(
          told(score, "has no value; if it cannot be scored, set failure to the reason"));
    }
    if (!Double.isFinite(score.getValue())) {
      return Optional.of(told(score, "is " + score.getValue() + "; a score is a finite number"));
    }
    return finite(score);
  }

  private static Optional<String> finite(Score score) {
    List<Float> values = score.getTokenValues();
    if (values == null) {
      return score.getScorer().equals(REFERENCE)
          ? Optional.of(told(score, "has no tokenValues; the reference's are log-probabilities"))
          : Optional.empty();
    }
    for (int i = 0; i < values.size(); i++) {
      if (!Float.isFinite(values.get(i))) {
        return Optional.of(
            told(
                score,
                score.getScorer().equals(REFERENCE)
                    ? String.format(
                        Locale.ROOT, "has a log-probability of %s at index %d", values.get(i), i)
                    : String.format(
                        Locale.ROOT, "has a value of %s at index %d", values.get(i), i)));
      }
    }
    return Optional.empty();
  }

  /**
   * What is wrong with a score as one of this rollout, if anything.
   *
   * @param score without a {@link #problem(Score)}, with the rollout's id
   */
  public static Optional<String> problem(Score score, Rollout rollout) {
    return problem(score, rollout.getRequestId(), rollout.getResponseTokenIds().size());
  }

  /**
   * What is wrong with a score as one of a rollout, if anything.
   *
   * @param score without a {@link #problem(Score)}, with the rollout's id
   * @param requestId of the rollout
   * @param responseTokens of the rollout
   */
  public static Optional<String> problem(Score score, String requestId, int responseTokens) {
    if (!score.getRequestId().equals(requestId)) {
      return Optional.of(
          told(
              score,
              "is of request %s, but the rollout answers %s"
                  .formatted(shown(score.getRequestId()), requestId)));
    }
    List<Float> values = score.getTokenValues();
    if (values == null || score.getFailure() != null) {
      return Optional.empty();
    }
    if (score.getScorer().equals(REFERENCE) && values.size() != responseTokens) {
      return Optional.of(
          told(
              score,
              String.format(
                  Locale.ROOT,
                  "has %d log-probabilities for %d response tokens",
                  values.size(),
                  responseTokens)));
    }
    return values.size() > responseTokens
        ? Optional.of(
            told(
                score,
                String.format(
                    Locale.ROOT,
                    "has %d values for %d response tokens",
                    values.size(),
                    responseTokens)))
        : Optional.empty();
  }

  private static String told(Score score, String what) {
    return "the score of rollout %s by %s %s"
        .formatted(shown(score.getRolloutId()), score.getScorer(), what);
  }

  /** Names come from anywhere. */
  private static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
