package org.rlhfstreams.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.evaluation.result.FrontierPoint;
import org.rlhfstreams.evaluation.result.FrontierResult;
import org.rlhfstreams.evaluation.statistics.MeanEstimate;
import org.rlhfstreams.learner.advantage.KlEstimates;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.SharedVocabulary;
import org.rlhfstreams.model.training.RewardInput;
import org.rlhfstreams.service.configuration.KlEstimator;

/**
 * Reward of models' responses, and how far the models have moved from a reference, as a run
 * measures them: the reference's likelihood of the tokens that the policy drew, at the temperature
 * that they were drawn at.
 */
public final class FrontierEvaluation {
  private final PromptSet set;
  private final Precision precision;

  public FrontierEvaluation(PromptSet set, Precision precision) {
    this.set = set;
    this.precision = precision;
  }

  /**
   * Measures the reference itself, then all models.
   *
   * @param named model directories, runs' outputs or their checkpoints
   * @throws org.rlhfstreams.common.ExplainedException naming what is wrong with the prompts, or a
   *     directory without a model
   * @throws org.rlhfstreams.model.ModelException naming what is wrong with a model
   */
  public FrontierResult run(Path reference, Path rewardModel, List<Path> named) {
    List<EvaluationPrompt> prompts = EvaluationPrompts.read(set.file(), set.chat());
    List<EvaluatedModel> models = new ArrayList<>();
    models.add(new EvaluatedModel(reference, null));
    models.addAll(EvaluatedModels.of(named));
    ModelDirectory reward = ModelDirectory.open(rewardModel);
    RewardInput.requireRewardModel(reward);
    SharedVocabulary.require(reference, rewardModel);
    models.forEach(model -> SharedVocabulary.require(model.directory(), reference));
    List<FrontierPoint> points = new ArrayList<>();
    try (RewardScorer scorer = RewardScorer.open(reward, precision);
        LanguageModel opened = precision.open(reference);
        ResponseLikelihoods likelihoods = new ResponseLikelihoods(opened, reference.toString())) {
      for (EvaluatedModel model : models) {
        points.add(point(model, sample(model, prompts), scorer, likelihoods));
      }
    }
    return new FrontierResult(
        reference.toString(), rewardModel.toString(), prompts.size(), set.samples(), points);
  }

  private List<SampledResponse> sample(EvaluatedModel model, List<EvaluationPrompt> prompts) {
    try (LanguageModel opened = precision.open(model.directory())) {
      return new ResponseSampler(set.sampling(), set.samples(), set.batchSize())
          .sample(opened, model.directory().toString(), prompts);
    }
  }

  private FrontierPoint point(
      EvaluatedModel model,
      List<SampledResponse> responses,
      RewardScorer scorer,
      ResponseLikelihoods reference) {
    float[][] likelihoods =
        reference.of(
            responses.stream().map(SampledResponse::row).toList(),
            set.sampling().settings().temperature());
    double[] kl = new double[likelihoods.length];
    for (int i = 0; i < kl.length; i++) {
      float[] policy = responses.get(i).logProbabilities();
      for (int t = 0; t < policy.length; t++) {
        kl[i] += KlEstimates.of(KlEstimator.K1, policy[t], likelihoods[i][t]);
      }
    }
    double[] lengths =
        responses.stream().mapToDouble(response -> response.tokenIds().length).toArray();
    String name = model.directory().toString();
    return new FrontierPoint(
        name,
        model.step(),
        MeanEstimate.ofGroups(scorer.scoresOf(responses, name), set.samples()),
        MeanEstimate.ofGroups(kl, set.samples()),
        MeanEstimate.ofGroups(lengths, set.samples()));
  }
}
