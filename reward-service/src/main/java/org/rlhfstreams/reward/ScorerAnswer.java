package org.rlhfstreams.reward;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.rlhfstreams.events.WeightVersion;

/**
 * What a scorer says of one rollout.
 *
 * @param value the score; empty if there is a failure
 * @param tokenValues of the response's tokens or steps, if it has any
 * @param version of the scorer, in its own words; may be empty
 * @param modelVersion of the weights that scored, if they are published
 * @param explanation for people
 * @param failure why it cannot be scored, now or later
 */
public record ScorerAnswer(
    OptionalDouble value,
    Optional<List<Float>> tokenValues,
    String version,
    Optional<WeightVersion> modelVersion,
    Optional<String> explanation,
    Optional<String> failure) {
  /** Copies the list. */
  public ScorerAnswer {
    tokenValues = tokenValues.map(List::copyOf);
  }

  /** A score. */
  public static ScorerAnswer of(double value, String version, Optional<String> explanation) {
    return new ScorerAnswer(
        OptionalDouble.of(value),
        Optional.empty(),
        version,
        Optional.empty(),
        explanation,
        Optional.empty());
  }

  /** A refusal, with its reason. */
  public static ScorerAnswer failed(String reason, String version) {
    return new ScorerAnswer(
        OptionalDouble.empty(),
        Optional.empty(),
        version,
        Optional.empty(),
        Optional.empty(),
        Optional.of(reason));
  }
}
