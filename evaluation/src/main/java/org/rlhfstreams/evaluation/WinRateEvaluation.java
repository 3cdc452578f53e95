package org.rlhfstreams.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.evaluation.result.JudgedPair;
import org.rlhfstreams.evaluation.result.WinRateResult;
import org.rlhfstreams.model.completion.LanguageModel;

/**
 * Samples from a model and a baseline with the same random draws, one after the other, and has each
 * pair judged.
 */
public final class WinRateEvaluation {
  private final PromptSet set;
  private final Precision precision;
  private final Judge judge;

  public WinRateEvaluation(PromptSet set, Precision precision, Judge judge) {
    this.set = set;
    this.precision = precision;
    this.judge = judge;
  }

  /**
   * Measures.
   *
   * @throws org.rlhfstreams.common.ExplainedException naming what is wrong with the prompts
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with a model
   */
  public WinRateResult run(Path model, Path baseline) {
    List<EvaluationPrompt> prompts = EvaluationPrompts.read(set.file(), set.chat());
    judge.check();
    precision.require(model);
    precision.require(baseline);
    List<SampledResponse> own = sample(model, prompts);
    List<SampledResponse> others = sample(baseline, prompts);
    List<ResponsePair> pairs = new ArrayList<>();
    for (int i = 0; i < own.size(); i++) {
      pairs.add(new ResponsePair("evaluation-" + i, own.get(i), others.get(i)));
    }
    List<Verdict> verdicts = judge.judge(pairs);
    List<JudgedPair> judged = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      judged.add(
          new JudgedPair(
              prompts.get(i / set.samples()).source(),
              i % set.samples(),
              own.get(i).promptText(),
              own.get(i).text(),
              others.get(i).text(),
              verdicts.get(i).modelScore(),
              verdicts.get(i).baselineScore(),
              verdicts.get(i).outcome()));
    }
    return WinRateResult.of(
        model.toString(),
        baseline.toString(),
        judge.name(),
        judge.measure(),
        set.samples(),
        judged,
        set.sampling().settings().seed());
  }

  private List<SampledResponse> sample(Path model, List<EvaluationPrompt> prompts) {
    try (LanguageModel opened = precision.open(model)) {
      return new ResponseSampler(set.sampling(), set.samples(), set.batchSize())
          .sample(opened, model.toString(), prompts);
    }
  }
}
