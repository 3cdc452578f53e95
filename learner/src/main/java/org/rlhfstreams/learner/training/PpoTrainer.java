package org.rlhfstreams.learner.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.rlhfstreams.learner.advantage.GeneralizedAdvantageEstimation;
import org.rlhfstreams.learner.advantage.KlController;
import org.rlhfstreams.learner.advantage.TokenRewards;
import org.rlhfstreams.learner.advantage.Whitening;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.objectives.ClippedSurrogate;
import org.rlhfstreams.learner.objectives.ObjectiveResult;
import org.rlhfstreams.learner.objectives.PpoObjective;
import org.rlhfstreams.learner.objectives.PpoTokens;
import org.rlhfstreams.model.files.NamedTensor;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.model.training.TrainableModel;
import org.rlhfstreams.model.training.Update;
import org.rlhfstreams.service.configuration.LearnerConfiguration;
import org.rlhfstreams.service.configuration.PpoConfiguration;

/**
 * Proximal policy optimisation: advantages once a batch, then several epochs of mini-batches over
 * it. Values come from a model of their own, or from a head on the policy.
 */
public final class PpoTrainer implements Trainer<ScoredSample> {
  private static final String BETA = "kl.beta";

  private final TrainableModel policy;
  private final Optional<TrainableModel> valueModel;
  private final PpoConfiguration settings;
  private final LearnerConfiguration learner;
  private final TokenRewards tokenRewards;
  private final GeneralizedAdvantageEstimation estimation;
  private final PpoObjective objective;
  private final MiniBatches miniBatches;
  private final MeasuredScores scores;
  private final KlController kl;
  private final TrainableState policyState;
  private final Optional<TrainableState> valueState;
  private long steps;

  /**
   * @param policy with a scalar head where there is no value model; closed with this object
   * @param valueModel with a scalar head; closed with this object
   */
  public PpoTrainer(
      TrainableModel policy,
      Optional<TrainableModel> valueModel,
      PpoConfiguration settings,
      LearnerConfiguration learner) {
    this.policy = policy;
    this.valueModel = valueModel;
    this.settings = settings;
    this.learner = learner;
    this.tokenRewards =
        new TokenRewards(
            settings.klEstimator(), settings.missingEosPenalty().orElse(0), settings.rewardClip());
    this.estimation = new GeneralizedAdvantageEstimation(settings.gamma(), settings.lambda());
    this.objective =
        new PpoObjective(
            new ClippedSurrogate(
                settings.clip(),
                settings.clip(),
                settings.dualClip(),
                settings.decoupled()
                    ? OptionalDouble.of(settings.decoupledWeightCap())
                    : OptionalDouble.empty()),
            settings.valueClip(),
            settings.valueCoefficient(),
            settings.entropyCoefficient());
    this.miniBatches = new MiniBatches(settings.miniBatches(), settings.epochs(), learner.seed());
    this.scores = new MeasuredScores(learner.scoreNormalisation());
    this.kl =
        new KlController(
            settings.beta(), settings.adaptiveKlTarget(), settings.adaptiveKlHorizon());
    this.policyState = new TrainableState("policy", policy, policy.modelTensors());
    this.valueState = valueModel.map(model -> new TrainableState("value", model, 0));
  }

  @Override
  public Map<String, Double> step(List<ScoredSample> batch, double learningRateFactor) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    boolean applied = true;
    try (Passes first = passes(batch)) {
      Targets targets = targets(batch, first, metrics);
      Averages averages = new Averages();
      for (int epoch = 0; epoch < settings.epochs() && applied; epoch++) {
        for (int[] members : miniBatches.of(batch.size(), steps, epoch)) {
          boolean reusable = epoch == 0 && settings.miniBatches() == 1;
          applied =
              reusable
                  ? update(first, members, targets, learningRateFactor, averages)
                  : update(batch, members, targets, learningRateFactor, averages);
          if (!applied) {
            break;
          }
        }
      }
      metrics.putAll(averages.means());
    }
    metrics.put(SKIPPED, applied ? 0.0 : 1.0);
    metrics.put("lr", learner.learningRate() * learningRateFactor);
    steps++;
    kl.update(metrics.get("objective/kl"), batch.size());
    return metrics;
  }

  /** Passes over the same rows: the policy's, and the value model's where there is one. */
  private record Passes(Pass policy, Optional<Pass> value) implements AutoCloseable {
    float[][] values() {
      return value.orElse(policy).values();
    }

    @Override
    public void close() {
      policy.close();
      value.ifPresent(Pass::close);
    }
  }

  private Passes passes(List<ScoredSample> samples) {
    List<TokenRow> rows = samples.stream().map(ScoredSample::row).toList();
    double[] temperatures = samples.stream().mapToDouble(ScoredSample::temperature).toArray();
    return new Passes(
        policy.tokenPass(rows, temperatures, settings.entropyCoefficient() > 0),
        valueModel.map(model -> model.valuePass(rows)));
  }

  /** What stays the same through all epochs of a batch, [rows][response tokens]. */
  private record Targets(
      double[][] behaviorLogProbabilities,
      double[][] oldLogProbabilities,
      double[][] oldValues,
      double[][] advantages,
      double[][] returns) {}

  private Targets targets(List<ScoredSample> batch, Passes first, Map<String, Double> metrics) {
    int rows = batch.size();
    List<ScoredSample> measured = scores.of(batch);
    double[][] behavior = new double[rows][];
    double[][] reference = new double[rows][];
    double[][] rewards = new double[rows][];
    for (int i = 0; i < rows; i++) {
      ScoredSample sample = measured.get(i);
      behavior[i] = Rows.flat(new float[][] {sample.behaviorLogProbabilities()});
      reference[i] = Rows.flat(new float[][] {sample.referenceLogProbabilities()});
      rewards[i] =
          tokenRewards.of(behavior[i], reference[i], sample.score(), sample.stopped(), kl.beta());
    }
    BatchStatistics.put(metrics, batch, measured, rewards, steps);
    scores.put(metrics, measured);
    metrics.put("objective/beta", kl.beta());
    double[][] oldValues = Rows.widen(first.values());
    double[][] counted = settings.whitenRewards() ? Whitening.of(rewards, false) : rewards;
    double[][] advantages = new double[rows][];
    double[][] returns = new double[rows][];
    for (int i = 0; i < rows; i++) {
      advantages[i] = estimation.advantages(counted[i], oldValues[i]);
      returns[i] = GeneralizedAdvantageEstimation.returns(advantages[i], oldValues[i]);
    }
    return new Targets(
        behavior,
        settings.decoupled() ? Rows.widen(first.policy().logProbabilities()) : behavior,
        oldValues,
        settings.whitenAdvantages() ? Whitening.of(advantages, true) : advantages,
        returns);
  }

  private boolean update(
      List<ScoredSample> batch,
      int[] members,
      Targets targets,
      double learningRateFactor,
      Averages averages) {
    List<ScoredSample> part = Arrays.stream(members).mapToObj(batch::get).toList();
    try (Passes passes = passes(part)) {
      return update(passes, members, targets, learningRateFactor, averages);
    }
  }

  private boolean update(
      Passes passes, int[] members, Targets targets, double learningRateFactor, Averages averages) {
    float[][] logProbabilities = passes.policy().logProbabilities();
    PpoTokens tokens =
        new PpoTokens(
            Rows.flat(logProbabilities),
            Rows.flat(passes.policy().entropies()),
            Rows.flat(passes.values()),
            Rows.pick(targets.oldLogProbabilities(), members),
            Rows.pick(targets.behaviorLogProbabilities(), members),
            Rows.pick(targets.advantages(), members),
            Rows.pick(targets.returns(), members),
            Rows.pick(targets.oldValues(), members));
    ObjectiveResult result = ComputeThread.call(() -> objective.evaluate(tokens));
    averages.add(result.statistics());
    averages.add(Map.of("loss", result.loss()));
    if (!Double.isFinite(result.loss())) {
      return false;
    }
    float[][] onLogProbabilities = Rows.cut(result.gradients().get(0), logProbabilities);
    float[][] onEntropies =
        settings.entropyCoefficient() == 0
            ? null
            : Rows.cut(result.gradients().get(1), logProbabilities);
    float[][] onValues = Rows.cut(result.gradients().get(2), logProbabilities);
    boolean headed = passes.value().isEmpty();
    passes
        .policy()
        .backward(new PassGradients(onLogProbabilities, onEntropies, headed ? onValues : null));
    passes.value().ifPresent(pass -> pass.backward(PassGradients.ofValues(onValues)));
    return apply(learningRateFactor, averages);
  }

  private boolean apply(double learningRateFactor, Averages averages) {
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
    Map<String, Double> numbers = new HashMap<>();
    policyState.collect(others, numbers);
    valueState.ifPresent(state -> state.collect(others, numbers));
    numbers.put(BETA, kl.beta());
    numbers.put(TrainerState.STEPS, (double) steps);
    numbers.putAll(scores.numbers());
    return new TrainerState(policy.configuration(), policyState.exported(), others, numbers);
  }

  @Override
  public void restore(TrainerState state) {
    RestoredNumbers numbers = state.restoredNumbers();
    policyState.restore(state.model(), state.others(), numbers);
    valueState.ifPresent(value -> value.restore(List.of(), state.others(), numbers));
    kl.restore(numbers.get(BETA));
    steps = (long) numbers.get(TrainerState.STEPS);
    scores.restore(numbers);
  }

  @Override
  public void close() {
    policy.close();
    valueModel.ifPresent(TrainableModel::close);
  }
}
