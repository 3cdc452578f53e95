package org.rlhfstreams.schemas;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.SamplingSettings;
import org.rlhfstreams.events.ScoredRollout;
import org.rlhfstreams.events.VersionSegment;

/**
 * The rule that what was sampled is what is trained (invariant 5): a rollout whose parts do not
 * agree with each other is refused wherever it is read.
 */
public final class RolloutRules {
  private RolloutRules() {}

  /**
   * What is wrong with a rollout, if anything.
   *
   * @param vocabularySize of the model that reads it
   * @param maxPositions longest sequence of that model
   */
  public static Optional<String> problem(Rollout rollout, int vocabularySize, int maxPositions) {
    int prompt = rollout.getPromptTokenIds().size();
    int response = rollout.getResponseTokenIds().size();
    int logProbabilities = rollout.getBehaviorLogProbabilities().size();
    if (prompt == 0 || response == 0) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "rollout %s has %d prompt and %d response tokens; both need at least one",
              rollout.getRolloutId(),
              prompt,
              response));
    }
    if (logProbabilities != response) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "rollout %s has %d log-probabilities for %d response tokens",
              rollout.getRolloutId(),
              logProbabilities,
              response));
    }
    if (prompt + response > maxPositions) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "rollout %s has %d tokens, more than the model's %d positions",
              rollout.getRolloutId(),
              prompt + response,
              maxPositions));
    }
    return token(rollout, "prompt", rollout.getPromptTokenIds(), vocabularySize)
        .or(() -> token(rollout, "response", rollout.getResponseTokenIds(), vocabularySize))
        .or(() -> logProbability(rollout, "behavior", rollout.getBehaviorLogProbabilities()))
        .or(() -> modelLogProbabilities(rollout))
        .or(() -> segments(rollout, response))
        .or(() -> temperature(rollout));
  }

  /**
   * Whether settings narrow the distribution that tokens are drawn from. A rollout of such ones has
   * the model's log-probabilities too: those that learning computes are of the whole distribution.
   */
  public static boolean cutsTheDistribution(SamplingSettings sampling) {
    return sampling.getTopK() > 0 || sampling.getTopP() < 1;
  }

  /**
   * The policy's log-probabilities that others may be compared with, those of a reference or of
   * newer weights: of the whole distribution at the sampling temperature; [time].
   *
   * @param rollout without a {@link #problem}
   */
  public static List<Float> comparableLogProbabilities(Rollout rollout) {
    return rollout.getModelLogProbabilities() == null
        ? rollout.getBehaviorLogProbabilities()
        : rollout.getModelLogProbabilities();
  }

  private static Optional<String> modelLogProbabilities(Rollout rollout) {
    List<Float> model = rollout.getModelLogProbabilities();
    if (model == null) {
      SamplingSettings sampling = rollout.getSampling();
      return cutsTheDistribution(sampling)
          ? Optional.of(
              String.format(
                  Locale.ROOT,
                  "rollout %s was sampled with top-k %d and top-p %s, but has only log-probabilities of the distribution that these cut: ratio and KL would be wrong; let a worker of this release sample it, or set sampling.top-k to 0 and sampling.top-p to 1",
                  rollout.getRolloutId(),
                  sampling.getTopK(),
                  sampling.getTopP()))
          : Optional.empty();
    }
    int response = rollout.getResponseTokenIds().size();
    return model.size() == response
        ? logProbability(rollout, "model", model)
        : Optional.of(
            String.format(
                Locale.ROOT,
                "rollout %s has %d model log-probabilities for %d response tokens",
                rollout.getRolloutId(),
                model.size(),
                response));
  }

  /** What is wrong with the scoring of a rollout that is itself in order, if anything. */
  public static Optional<String> problem(ScoredRollout scored) {
    Rollout rollout = scored.getRollout();
    int response = rollout.getResponseTokenIds().size();
    int reference = scored.getReferenceLogProbabilities().size();
    if (reference != response) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "rollout %s has %d reference log-probabilities for %d response tokens",
              rollout.getRolloutId(),
              reference,
              response));
    }
    if (!Float.isFinite(scored.getScore())) {
      return Optional.of(
          "rollout %s has score %s".formatted(rollout.getRolloutId(), scored.getScore()));
    }
    return logProbability(rollout, "reference", scored.getReferenceLogProbabilities());
  }

  private static Optional<String> token(
      Rollout rollout, String where, List<Integer> tokens, int vocabularySize) {
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.get(i) < 0 || tokens.get(i) >= vocabularySize) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "rollout %s has %s token %d at index %d, outside the vocabulary of %d",
                rollout.getRolloutId(),
                where,
                tokens.get(i),
                i,
                vocabularySize));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> logProbability(
      Rollout rollout, String whose, List<Float> logProbabilities) {
    for (int i = 0; i < logProbabilities.size(); i++) {
      float value = logProbabilities.get(i);
      if (!Float.isFinite(value)) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "rollout %s has a %s log-probability of %s at index %d",
                rollout.getRolloutId(),
                whose,
                value,
                i));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> segments(Rollout rollout, int response) {
    int next = 0;
    for (VersionSegment segment : rollout.getSegments()) {
      if (segment.getFromToken() != next || segment.getUntilToken() <= next) {
        next = -1;
        break;
      }
      next = segment.getUntilToken();
    }
    return next == response
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "rollout %s has version segments that do not cover its %d response tokens in order",
                rollout.getRolloutId(),
                response));
  }

  private static Optional<String> temperature(Rollout rollout) {
    float temperature = rollout.getSampling().getTemperature();
    return temperature > 0 && Float.isFinite(temperature)
        ? Optional.empty()
        : Optional.of(
            "rollout %s was sampled at temperature %s; learning needs one above 0"
                .formatted(rollout.getRolloutId(), temperature));
  }
}
