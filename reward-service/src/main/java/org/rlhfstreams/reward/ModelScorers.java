package org.rlhfstreams.reward;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.schemas.RolloutRules;
import org.rlhfstreams.schemas.WeightVersions;

/** The scorers that are models of ours. Rollouts that a model cannot read have failures. */
final class ModelScorers {
  private ModelScorers() {}

  /**
   * A reward model; closed with the scorer.
   *
   * @param version of a model that stays as it is; without it, that of its weights
   */
  static RolloutScorer of(RewardModel model, Optional<String> version) {
    return new RolloutScorer() {
      @Override
      public List<ScorerAnswer> score(List<Rollout> rollouts) {
        return readable(
            rollouts, model.vocabularySize(), model.maxPositions(), fitting -> answers(fitting));
      }

      private List<ScorerAnswer> answers(List<Rollout> rollouts) {
        float[] scores = model.scores(rollouts);
        List<ScorerAnswer> answers = new ArrayList<>();
        for (float score : scores) {
          answers.add(
              new ScorerAnswer(
                  OptionalDouble.of(score),
                  Optional.empty(),
                  version.orElseGet(() -> WeightVersions.text(model.version())),
                  Optional.of(model.version()),
                  Optional.empty(),
                  Optional.empty()));
        }
        return answers;
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }

  /** The reference, whose values are log-probabilities; closed with the scorer. */
  static RolloutScorer of(ReferenceModel model) {
    return new RolloutScorer() {
      @Override
      public List<ScorerAnswer> score(List<Rollout> rollouts) {
        return readable(
            rollouts, model.vocabularySize(), model.maxPositions(), fitting -> answers(fitting));
      }

      private List<ScorerAnswer> answers(List<Rollout> rollouts) {
        List<ScorerAnswer> answers = new ArrayList<>();
        for (float[] logProbabilities : model.logProbabilities(rollouts)) {
          List<Float> values = new ArrayList<>(logProbabilities.length);
          double sum = 0;
          for (float value : logProbabilities) {
            values.add(value);
            sum += value;
          }
          answers.add(
              new ScorerAnswer(
                  OptionalDouble.of(sum),
                  Optional.of(values),
                  "",
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty()));
        }
        return answers;
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }

  private static List<ScorerAnswer> readable(
      List<Rollout> rollouts,
      int vocabularySize,
      int maxPositions,
      Function<List<Rollout>, List<ScorerAnswer>> scoring) {
    List<Optional<String>> problems =
        rollouts.stream()
            .map(rollout -> RolloutRules.problem(rollout, vocabularySize, maxPositions))
            .toList();
    List<Rollout> fitting = new ArrayList<>();
    for (int i = 0; i < problems.size(); i++) {
      if (problems.get(i).isEmpty()) {
        fitting.add(rollouts.get(i));
      }
    }
    List<ScorerAnswer> scored = fitting.isEmpty() ? List.of() : scoring.apply(fitting);
    List<ScorerAnswer> answers = new ArrayList<>();
    int next = 0;
    for (Optional<String> problem : problems) {
      answers.add(
          problem.isPresent() ? ScorerAnswer.failed(problem.get(), "") : scored.get(next++));
    }
    return answers;
  }
}
