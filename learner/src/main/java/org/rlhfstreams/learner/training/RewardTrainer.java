package org.rlhfstreams.learner.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.data.PreferencePair;
import org.rlhfstreams.learner.objectives.RewardGradients;
import org.rlhfstreams.learner.objectives.RewardObjective;
import org.rlhfstreams.learner.objectives.RewardScores;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.files.TensorValues;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.model.training.TrainableModel;

/** A reward model on preference pairs: one update a batch. */
public final class RewardTrainer extends SingleModelTrainer<PreferencePair>
    implements JudgingTrainer<PreferencePair> {
  private final TrainableModel model;
  private final RewardObjective objective;
  private final double learningRate;

  /**
   * @param model with a score head; closed with this object
   * @param learningRate at its peak
   */
  public RewardTrainer(TrainableModel model, RewardObjective objective, double learningRate) {
    super("model", model);
    this.model = model;
    this.objective = objective;
    this.learningRate = learningRate;
  }

  @Override
  public Map<String, Double> step(List<PreferencePair> batch, double learningRateFactor) {
    List<TokenRow> rows = rows(batch);
    try (Pass pass = model.scorePass(rows)) {
      Map<String, Double> metrics =
          OneUpdate.apply(
              model,
              pass,
              evaluate(batch, pass.values()).withGradients(RewardTrainer::onScores),
              learningRate * learningRateFactor);
      metrics.put(
          "num_tokens", (double) rows.stream().mapToLong(row -> row.tokenIds().length).sum());
      return metrics;
    }
  }

  private static PassGradients onScores(RewardGradients gradients) {
    int pairs = gradients.chosen().length;
    float[][] rows = new float[2 * pairs][];
    for (int i = 0; i < pairs; i++) {
      rows[i] = new float[] {(float) gradients.chosen()[i]};
      rows[pairs + i] = new float[] {(float) gradients.rejected()[i]};
    }
    return PassGradients.ofValues(rows);
  }

  @Override
  public Map<String, Double> evaluate(List<PreferencePair> pairs) {
    return ByPortions.mean(pairs, this::measure);
  }

  private Map<String, Double> measure(List<PreferencePair> pairs) {
    try (Pass pass = model.scorePassWithoutGradient(rows(pairs))) {
      ObjectiveResult<RewardGradients> result = evaluate(pairs, pass.values());
      Map<String, Double> metrics = new LinkedHashMap<>(result.statistics());
      metrics.put("loss", result.loss());
      return metrics;
    }
  }

  @Override
  public List<Boolean> agreements(List<PreferencePair> pairs) {
    return agreements(pairs, model::scorePassWithoutGradient);
  }

  @Override
  public List<Boolean> agreements(Weights earlier, List<PreferencePair> pairs) {
    return agreements(pairs, rows -> model.scorePassWithoutGradient(earlier, rows));
  }

  private static List<Boolean> agreements(
      List<PreferencePair> pairs, Function<List<TokenRow>, Pass> passes) {
    List<Boolean> agreements = new ArrayList<>();
    ByPortions.each(
        pairs,
        portion -> {
          try (Pass pass = passes.apply(rows(portion))) {
            float[][] scores = pass.values();
            for (int i = 0; i < portion.size(); i++) {
              agreements.add(scores[i][0] > scores[portion.size() + i][0]);
            }
          }
        });
    return agreements;
  }

  @Override
  public Weights weights() {
    return model.computing();
  }

  @Override
  public Weights weights(Function<String, float[]> values) {
    return model.computing(
        TensorValues.of(model.weights().specifications(), tensor -> values.apply(tensor.name())));
  }

  private ObjectiveResult<RewardGradients> evaluate(List<PreferencePair> pairs, float[][] scores) {
    int count = pairs.size();
    double[] chosen = new double[count];
    double[] rejected = new double[count];
    double[] margins = new double[count];
    double[] weights = new double[count];
    for (int i = 0; i < count; i++) {
      chosen[i] = scores[i][0];
      rejected[i] = scores[count + i][0];
      margins[i] = pairs.get(i).margin();
      weights[i] = pairs.get(i).weight();
    }
    return objective.evaluate(new RewardScores<>(chosen, rejected, margins, weights));
  }

  /** All chosen ones, then all rejected ones. */
  private static List<TokenRow> rows(List<PreferencePair> pairs) {
    List<TokenRow> rows = new ArrayList<>();
    pairs.forEach(pair -> rows.add(pair.chosen()));
    pairs.forEach(pair -> rows.add(pair.rejected()));
    return rows;
  }
}
