package org.rlhfstreams.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlhfstreams.evaluation.result.Outcome;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.SharedVocabulary;
import org.rlhfstreams.model.training.RewardInput;

/** Prefers what a reward model scores higher. It reads the models' own tokens, as a run does. */
public final class RewardJudge implements Judge {
  private final Path rewardModel;
  private final Precision precision;
  private final List<Path> judged;

  /**
   * @param rewardModel its directory
   * @param judged directories of the models whose responses it reads
   */
  public RewardJudge(Path rewardModel, Precision precision, List<Path> judged) {
    this.rewardModel = rewardModel;
    this.precision = precision;
    this.judged = List.copyOf(judged);
  }

  @Override
  public String name() {
    return rewardModel.toString();
  }

  @Override
  public String measure() {
    return "reward";
  }

  @Override
  public void check() {
    RewardInput.requireRewardModel(ModelDirectory.open(rewardModel));
    judged.forEach(model -> SharedVocabulary.require(model, rewardModel));
  }

  @Override
  public List<Verdict> judge(List<ResponsePair> pairs) {
    List<SampledResponse> all = new ArrayList<>();
    pairs.forEach(pair -> all.add(pair.model()));
    pairs.forEach(pair -> all.add(pair.baseline()));
    double[] scores;
    try (RewardScorer scorer = RewardScorer.open(ModelDirectory.open(rewardModel), precision)) {
      scores = scorer.scoresOf(all, name());
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      double model = scores[i];
      double baseline = scores[pairs.size() + i];
      verdicts.add(new Verdict(model, baseline, Outcome.ofScores(model, baseline)));
    }
    return verdicts;
  }
}
