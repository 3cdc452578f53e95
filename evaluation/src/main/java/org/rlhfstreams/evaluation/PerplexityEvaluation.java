package org.rlhfstreams.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.evaluation.result.PerplexityResult;
import org.rlhfstreams.evaluation.result.TextMeasure;
import org.rlhfstreams.learner.data.Demonstration;
import org.rlhfstreams.learner.data.PreferenceRows;
import org.rlhfstreams.learner.data.RowJoin;
import org.rlhfstreams.learner.reference.RowSums;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.training.TokenRow;

/** How well a model predicts texts, or completions after their prompts. */
public final class PerplexityEvaluation {
  private final RowSet set;
  private final Precision precision;

  public PerplexityEvaluation(RowSet set, Precision precision) {
    this.set = set;
    this.precision = precision;
  }

  /**
   * Measures.
   *
   * @throws org.rlhfstreams.common.ExplainedException naming what is wrong with the data
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with the model
   */
  public PerplexityResult run(Path model) {
    try (LanguageModel opened = precision.open(model);
        ResponseLikelihoods likelihoods = new ResponseLikelihoods(opened, model.toString())) {
      RowJoin join = set.join(opened.configuration().maxPositions());
      PreferenceRows rows =
          new PreferenceRows(opened.tokenizer(), opened.prompts().chatTemplate(), join);
      EvaluationRows<Demonstration> texts =
          EvaluationRows.read(set.data(), set.strict(), rows::demonstration);
      List<TokenRow> all = texts.examples().stream().map(Demonstration::row).toList();
      double[] sums = RowSums.of(likelihoods.of(all, 1));
      List<TextMeasure> measured = new ArrayList<>();
      for (int i = 0; i < sums.length; i++) {
        measured.add(
            new TextMeasure(texts.sources().get(i), all.get(i).responseLength(), -sums[i]));
      }
      int cut = texts.examples().stream().mapToInt(Demonstration::truncatedRows).sum();
      return PerplexityResult.of(model.toString(), texts.leftOut(), cut, measured);
    }
  }
}
