package org.rlhfstreams.learner.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.rlhfstreams.learner.autograd.ObjectiveResult;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.training.RolloutStrategy.MiniBatchObjective;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.NamedTensor;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TrainableModel;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.RolloutObjectiveConfiguration;

/**
 * A policy, and a value model if the objective has one, on scored rollouts: targets once a batch,
 * then epochs of mini-batches over it with an update each. A step that meets a number that is not
 * finite, in whichever update, is undone whole: models, optimizers, scores' measure and
 * coefficients are as before it, and the next step is the one that would have been without it.
 */
public final class RolloutTrainer implements Trainer<ScoredSample> {
  private final RolloutStrategy strategy;
  private final TrainableModel policy;
  private final Optional<TrainableModel> valueModel;
  private final LearnerConfiguration learner;
  private final MiniBatches miniBatches;
  private final MeasuredScores scores;
  private final StepModels models;
  private final TrainableState policyState;
  private final Optional<TrainableState> valueState;
  private long steps;
  private long skipped;

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
    this.models = new StepModels(Stream.concat(Stream.of(policy), valueModel.stream()).toList());
    this.policyState = new TrainableState("policy", policy, policy.modelTensors());
    this.valueState = valueModel.map(model -> new TrainableState("value", model, 0));
  }

  @Override
  public Map<String, Double> step(List<ScoredSample> batch, double learningRateFactor) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    Map<String, Double> measureBefore = scores.numbers();
    boolean applied = learn(batch, learningRateFactor, metrics);
    metrics.put(SKIPPED, applied ? 0.0 : 1.0);
    metrics.put("lr", learner.learningRate() * learningRateFactor);
    steps++;
    if (applied) {
      strategy.stepped(metrics, batch.size());
    } else {
      models.undo();
      scores.undo(measureBefore);
      skipped++;
    }
    return metrics;
  }

  /** Makes the step's updates; false where one was not finite, with those before it applied. */
  private boolean learn(
      List<ScoredSample> batch, double learningRateFactor, Map<String, Double> metrics) {
    Averages averages = new Averages();
    boolean applied = true;
    models.begin(miniBatches.updates(batch.size()));
    try (RolloutPasses first = passes(batch)) {
      MiniBatchObjective objective =
          strategy.objective(numbers(batch, first.outputs(), metrics), metrics);
      for (int epoch = 0; epoch < miniBatches.epochs() && applied; epoch++) {
        for (int[] members : miniBatches.of(batch.size(), steps - skipped, epoch)) {
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
    return applied;
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
    BatchStatistics.putSampler(metrics, batch, outputs.logProbabilities(), steps);
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
    List<Double> norms = models.gradientNorms();
    averages.add(Map.of("grad_norm", norms.get(0)));
    if (valueModel.isPresent()) {
      averages.add(Map.of("val/grad_norm", norms.get(1)));
    }
    return models.update(
        norms,
        List.of(
            learner.learningRate() * learningRateFactor,
            learner.valueLearningRateOrDefault() * learningRateFactor));
  }

  @Override
  public TrainedModel model(ComputeType type) {
    return policyState.trained(type);
  }

  @Override
  public TrainedModel current() {
    return policyState.current();
  }

  @Override
  public TrainerState state() {
    List<NamedTensor> others = new ArrayList<>();
    Map<String, Double> numbers = new HashMap<>(strategy.numbers());
    numbers.putAll(scores.numbers());
    numbers.put(TrainerState.STEPS, (double) steps);
    if (skipped > 0) {
      numbers.put(TrainerState.SKIPPED_STEPS, (double) skipped);
    }
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
    skipped = (long) numbers.find(TrainerState.SKIPPED_STEPS).orElse(0);
  }

  @Override
  public void close() {
    models.close();
  }
}
