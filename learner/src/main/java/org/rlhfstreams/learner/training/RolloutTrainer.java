package org.rlhfstreams.learner.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.training.RolloutStrategy.MiniBatchObjective;
import org.rlhfstreams.model.files.NamedTensor;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TrainableModel;
import org.rlhfstreams.model.training.Update;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.RolloutObjectiveConfiguration;

/**
 * A policy, and a value model if the objective has one, on scored rollouts: targets once a batch,
 * then epochs of mini-batches over it with an update each. An update whose numbers are not finite
 * changes nothing and ends the step.
 */
public final class RolloutTrainer implements Trainer<ScoredSample> {
  private final RolloutStrategy strategy;
  private final TrainableModel policy;
  private final Optional<TrainableModel> valueModel;
  private final LearnerConfiguration learner;
  private final MiniBatches miniBatches;
  private final MeasuredScores scores;
  private final TrainableState policyState;
  private final Optional<TrainableState> valueState;
  private long steps;

  /**
   * @param policy closed with this object
   * @param valueModel with a scalar head; closed with this object
   */
  public RolloutTrainer(
      RolloutStrategy strategy,
      TrainableModel policy,
      Optional<TrainableModel> valueModel,
      LearnerConfiguration learner) {
    this.strategy = strategy;
    this.policy = policy;
    this.valueModel = valueModel;
    this.learner = learner;
    RolloutObjectiveConfiguration settings = strategy.settings();
    this.miniBatches = new MiniBatches(settings.miniBatches(), settings.epochs(), learner.seed());
    this.scores = new MeasuredScores(learner.scoreNormalisation());
    this.policyState = new TrainableState("policy", policy, policy.modelTensors());
    this.valueState = valueModel.map(model -> new TrainableState("value", model, 0));
  }

  @Override
  public Map<String, Double> step(List<ScoredSample> batch, double learningRateFactor) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    Averages averages = new Averages();
    boolean applied = true;
    try (RolloutPasses first = passes(batch)) {
      MiniBatchObjective objective =
          strategy.objective(numbers(batch, first.outputs(), metrics), metrics);
      for (int epoch = 0; epoch < miniBatches.epochs() && applied; epoch++) {
        for (int[] members : miniBatches.of(batch.size(), steps, epoch)) {
          boolean reusable = epoch == 0 && miniBatches.count() == 1;
          applied =
              reusable
                  ? update(first, members, objective, learningRateFactor, averages)
                  : update(batch, members, objective, learningRateFactor, averages);
          if (!applied) {
            break;
          }
        }
      }
    }
    metrics.putAll(averages.means());
    metrics.put(SKIPPED, applied ? 0.0 : 1.0);
    metrics.put("lr", learner.learningRate() * learningRateFactor);
    steps++;
    strategy.stepped(metrics, batch.size());
    return metrics;
  }

  private RolloutPasses passes(List<ScoredSample> samples) {
    return new RolloutPasses(
        RolloutPasses.policy(policy, samples, strategy.learnsEntropies()),
        valueModel.map(model -> model.valuePass(RolloutPasses.rows(samples))));
  }

  private RolloutBatch numbers(
      List<ScoredSample> batch, RolloutOutputs outputs, Map<String, Double> metrics) {
    List<ScoredSample> measured = scores.of(batch);
    RolloutBatch numbers = RolloutBatch.of(measured, outputs, strategy);
    BatchStatistics.put(metrics, batch, measured, numbers.rewarded().tokenRewards(), steps);
    scores.put(metrics, measured);
    return numbers;
  }

  private boolean update(
      List<ScoredSample> batch,
      int[] members,
      MiniBatchObjective objective,
      double learningRateFactor,
      Averages averages) {
    try (RolloutPasses passes = passes(Arrays.stream(members).mapToObj(batch::get).toList())) {
      return update(passes, members, objective, learningRateFactor, averages);
    }
  }

  private boolean update(
      RolloutPasses passes,
      int[] members,
      MiniBatchObjective objective,
      double learningRateFactor,
      Averages averages) {
    ObjectiveResult<PassGradients> result = objective.evaluate(passes.outputs(), members);
    averages.add(result.statistics());
    averages.add(Map.of("loss", result.loss()));
    if (!Double.isFinite(result.loss())) {
      return false;
    }
    passes.backward(result.gradients());
    Update update = policy.update(learner.learningRate() * learningRateFactor);
    averages.add(Map.of("grad_norm", update.gradientNorm()));
    if (valueModel.isEmpty()) {
      return update.applied();
    }
    if (!update.applied()) {
      valueModel.get().discardGradients();
      return false;
    }
    Update valueUpdate =
        valueModel.get().update(learner.valueLearningRateOrDefault() * learningRateFactor);
    averages.add(Map.of("val/grad_norm", valueUpdate.gradientNorm()));
    return valueUpdate.applied();
  }

  @Override
  public TrainedModel model() {
    return policyState.trained();
  }

  @Override
  public TrainerState state() {
    List<NamedTensor> others = new ArrayList<>();
    Map<String, Double> numbers = new HashMap<>(strategy.numbers());
    numbers.putAll(scores.numbers());
    numbers.put(TrainerState.STEPS, (double) steps);
    policyState.collect(others, numbers);
    valueState.ifPresent(state -> state.collect(others, numbers));
    return new TrainerState(policy.configuration(), policyState.exported(), others, numbers);
  }

  @Override
  public void restore(TrainerState state) {
    RestoredNumbers numbers = state.restoredNumbers();
    policyState.restore(state);
    valueState.ifPresent(value -> value.restore(List.of(), state.others(), numbers));
    strategy.restore(numbers);
    scores.restore(numbers);
    steps = (long) numbers.get(TrainerState.STEPS);
  }

  @Override
  public void close() {
    policy.close();
    valueModel.ifPresent(TrainableModel::close);
  }
}
