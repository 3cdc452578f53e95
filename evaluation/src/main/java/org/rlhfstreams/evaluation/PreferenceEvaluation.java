package org.rlhfstreams.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.evaluation.result.PairMeasure;
import org.rlhfstreams.evaluation.result.PreferenceResult;
import org.rlhfstreams.learner.data.PreferencePair;
import org.rlhfstreams.learner.data.PreferenceRows;
import org.rlhfstreams.learner.reference.RowSums;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.ChatTemplate;
import org.rlhfstreams.model.text.SharedVocabulary;
import org.rlhfstreams.model.training.TokenRow;

/**
 * How often a model prefers what people preferred: by the score of a reward model, by a policy's
 * implicit reward against a reference (Rafailov et al. 2023), or by its likelihood alone.
 */
public final class PreferenceEvaluation {
  private final RowSet set;
  private final Precision precision;

  public PreferenceEvaluation(RowSet set, Precision precision) {
    this.set = set;
    this.precision = precision;
  }

  /**
   * By a reward model's scores.
   *
   * @throws org.rlhfstreams.model.ModelException where it is none
   */
  public PreferenceResult ofRewardModel(Path model) {
    ModelDirectory directory = ModelDirectory.open(model);
    try (RewardScorer scorer = RewardScorer.open(directory, precision)) {
      PreferenceRows rows =
          new PreferenceRows(
              scorer.tokenizer(), ChatTemplate.find(model), set.join(scorer.maxPositions()));
      EvaluationRows<PreferencePair> pairs =
          EvaluationRows.read(set.data(), set.strict(), rows::pair);
      double[] scores = scorer.scores(responses(pairs.examples()), model.toString());
      return result(model, null, "reward", pairs, scores);
    }
  }

  /**
   * By a policy: beta (log-probability less the reference's), or the log-probability alone.
   *
   * @param beta how strongly the reference held the policy
   * @throws org.rlhfstreams.model.ModelException where a model cannot be used
   */
  public PreferenceResult ofPolicy(Path model, Optional<Path> reference, double beta) {
    reference.ifPresent(other -> SharedVocabulary.require(model, other));
    EvaluationRows<PreferencePair> pairs;
    double[] sums;
    try (LanguageModel opened = precision.open(model)) {
      PreferenceRows rows =
          new PreferenceRows(
              opened.tokenizer(),
              opened.prompts().chatTemplate(),
              set.join(opened.configuration().maxPositions()));
      pairs = EvaluationRows.read(set.data(), set.strict(), rows::pair);
      sums = sums(opened, model, pairs.examples());
    }
    if (reference.isEmpty()) {
      return result(model, null, "log-probability", pairs, sums);
    }
    try (LanguageModel opened = precision.open(reference.get())) {
      double[] others = sums(opened, reference.get(), pairs.examples());
      for (int i = 0; i < sums.length; i++) {
        sums[i] = beta * (sums[i] - others[i]);
      }
    }
    return result(model, reference.get().toString(), "implicit reward", pairs, sums);
  }

  private static double[] sums(LanguageModel opened, Path name, List<PreferencePair> pairs) {
    try (ResponseLikelihoods likelihoods = new ResponseLikelihoods(opened, name.toString())) {
      return RowSums.of(likelihoods.of(responses(pairs), 1));
    }
  }

  /** Chosen and rejected by turns: rows with one prompt together are read faster. */
  private static List<TokenRow> responses(List<PreferencePair> pairs) {
    List<TokenRow> rows = new ArrayList<>();
    for (PreferencePair pair : pairs) {
      rows.add(pair.chosen());
      rows.add(pair.rejected());
    }
    return rows;
  }

  private static PreferenceResult result(
      Path model,
      String reference,
      String measure,
      EvaluationRows<PreferencePair> pairs,
      double[] values) {
    List<PairMeasure> measured = new ArrayList<>();
    for (int i = 0; i < pairs.examples().size(); i++) {
      measured.add(new PairMeasure(pairs.sources().get(i), values[2 * i], values[2 * i + 1]));
    }
    return PreferenceResult.of(model.toString(), reference, measure, pairs.leftOut(), measured);
  }
}
