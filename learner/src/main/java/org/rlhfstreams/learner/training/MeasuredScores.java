package org.rlhfstreams.learner.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.learner.advantage.RewardModelVersion;
import org.rlhfstreams.learner.advantage.ScoreNormalisation;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.service.configuration.ScoreNormalisationKind;

/** The scores of a batch as an objective sees them: as they came, or normalised. */
final class MeasuredScores {
  private final Optional<ScoreNormalisation> normalisation;

  MeasuredScores(ScoreNormalisationKind kind) {
    this.normalisation =
        kind == ScoreNormalisationKind.PER_VERSION
            ? Optional.of(new ScoreNormalisation())
            : Optional.empty();
  }

  /** The batch with scores to learn from. */
  List<ScoredSample> of(List<ScoredSample> batch) {
    if (normalisation.isEmpty()) {
      return batch;
    }
    double[] scores =
        normalisation
            .get()
            .normalised(
                batch.stream().map(MeasuredScores::version).toList(),
                batch.stream().mapToDouble(ScoredSample::score).toArray());
    List<ScoredSample> measured = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      measured.add(batch.get(i).withScore(scores[i]));
    }
    return measured;
  }

  /**
   * Adds what the objective sees beside the scores as they came.
   *
   * @param measured what {@link #of} gave
   */
  void put(Map<String, Double> metrics, List<ScoredSample> measured) {
    if (normalisation.isPresent() && measured.stream().anyMatch(ScoredSample::isRewarded)) {
      metrics.put(
          "objective/normalised_scores",
          measured.stream().mapToDouble(ScoredSample::score).average().orElse(0));
    }
  }

  /** What a checkpoint keeps. */
  Map<String, Double> numbers() {
    return normalisation.map(ScoreNormalisation::numbers).orElse(Map.of());
  }

  /** Forgets what was counted since {@link #numbers} gave these. */
  void undo(Map<String, Double> numbers) {
    restore(new RestoredNumbers("before the step", numbers));
  }

  /** Takes up what {@link #numbers} gave, among others. */
  void restore(RestoredNumbers numbers) {
    normalisation.ifPresent(held -> held.restore(numbers));
  }

  private static RewardModelVersion version(ScoredSample sample) {
    WeightVersion version = sample.rewardModelVersion();
    return new RewardModelVersion(version.getGeneration(), version.getStep());
  }
}
