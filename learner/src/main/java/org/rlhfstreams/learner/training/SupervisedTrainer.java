package org.rlhfstreams.learner.training;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.data.Demonstration;
import org.rlhfstreams.learner.objectives.SupervisedObjective;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.model.training.TrainableModel;

/** Supervised fine-tuning: one update a batch. */
public final class SupervisedTrainer extends SingleModelTrainer<Demonstration>
    implements EvaluatingTrainer<Demonstration> {
  private final TrainableModel model;
  private final double learningRate;

  /**
   * @param model closed with this object
   * @param learningRate at its peak
   */
  public SupervisedTrainer(TrainableModel model, double learningRate) {
    super("model", model);
    this.model = model;
    this.learningRate = learningRate;
  }

  @Override
  public Map<String, Double> step(List<Demonstration> batch, double learningRateFactor) {
    List<TokenRow> rows = batch.stream().map(Demonstration::row).toList();
    try (Pass pass = model.tokenPass(rows)) {
      LearnedTokens learned = LearnedTokens.of(batch);
      ObjectiveResult<PassGradients> result =
          SupervisedObjective.evaluate(learned.pick(Rows.flat(pass.logProbabilities())))
              .withGradients(
                  gradients ->
                      PassGradients.ofLogProbabilities(
                          Rows.cut(
                              learned.spread(gradients.logProbabilities()),
                              pass.logProbabilities())));
      Map<String, Double> metrics =
          OneUpdate.apply(model, pass, result, learningRate * learningRateFactor);
      metrics.put("entropy", mean(learned.pick(Rows.flat(pass.entropies()))));
      metrics.put("num_tokens", (double) tokens(rows));
      return metrics;
    }
  }

  /** The loss is the mean of -log p over all tokens that are imitated. */
  @Override
  public Map<String, Double> evaluate(List<Demonstration> examples) {
    double all = examples.stream().mapToInt(Demonstration::learnedTokens).sum();
    Map<String, Double> sums =
        ByPortions.mean(
            examples,
            portion -> {
              List<TokenRow> rows = portion.stream().map(Demonstration::row).toList();
              try (Pass pass = model.logProbabilityPassWithoutGradient(rows)) {
                double[] learned =
                    LearnedTokens.of(portion).pick(Rows.flat(pass.logProbabilities()));
                double sum = Arrays.stream(learned).sum();
                return Map.of("loss", -sum / rows.size());
              }
            });
    double loss = sums.get("loss") * examples.size() / all;
    return Map.of("loss", loss, "perplexity", Math.exp(loss));
  }

  private static long tokens(List<TokenRow> rows) {
    return rows.stream().mapToLong(row -> row.tokenIds().length).sum();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }
}
