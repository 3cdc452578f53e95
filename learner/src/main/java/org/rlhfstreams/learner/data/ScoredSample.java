package org.rlhfstreams.learner.data;

import java.util.List;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.training.TokenRow;

/**
 * A scored rollout, checked and ready to learn from.
 *
 * @param id the rollout's
 * @param requestId the same for all responses that were asked for together
 * @param behaviorLogProbabilities of the policy that sampled, at {@code temperature} and before
 *     top-k and top-p, as the reference's and the trained ones are, [response tokens]
 * @param referenceLogProbabilities [response tokens]
 * @param score that is learned from; 0 if there are no rewards
 * @param temperature that it was sampled at
 * @param stopped whether the response has an end of sequence
 * @param oldestVersion of the weights that drew its tokens
 * @param rewardModelVersion that scored it
 * @param rewards the values that the score is made of, in the order of the rewards; NaN for one
 *     that only watches and was not there; empty if a teacher is learned from and nothing is
 *     measured
 */
public record ScoredSample(
    String id,
    String requestId,
    TokenRow row,
    float[] behaviorLogProbabilities,
    float[] referenceLogProbabilities,
    double score,
    double temperature,
    boolean stopped,
    WeightVersion oldestVersion,
    WeightVersion rewardModelVersion,
    List<Double> rewards)
    implements Example {
  /** Copies the list. */
  public ScoredSample {
    rewards = List.copyOf(rewards);
  }

  /** One whose score is its only reward. */
  public ScoredSample(
      String id,
      String requestId,
      TokenRow row,
      float[] behaviorLogProbabilities,
      float[] referenceLogProbabilities,
      double score,
      double temperature,
      boolean stopped,
      WeightVersion oldestVersion,
      WeightVersion rewardModelVersion) {
    this(
        id,
        requestId,
        row,
        behaviorLogProbabilities,
        referenceLogProbabilities,
        score,
        temperature,
        stopped,
        oldestVersion,
        rewardModelVersion,
        List.of(score));
  }

  /** Whether its score is one: else nobody has scored it, and 0 means nothing. */
  public boolean isRewarded() {
    return !rewards.isEmpty();
  }

  /** The same with another score. */
  public ScoredSample withScore(double other) {
    return new ScoredSample(
        id,
        requestId,
        row,
        behaviorLogProbabilities,
        referenceLogProbabilities,
        other,
        temperature,
        stopped,
        oldestVersion,
        rewardModelVersion,
        rewards);
  }

  @Override
  public List<TokenRow> tokenRows() {
    return List.of(row);
  }
}
