package org.rlhfstreams.learner.training;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.rlhfstreams.learner.advantage.RewardedResponses;
import org.rlhfstreams.learner.advantage.TokenRewards;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;
import org.rlhfstreams.learner.checkpoint.TrainerState;
import org.rlhfstreams.learner.data.ScoredSample;
import org.rlhfstreams.learner.objectives.ClippedSurrogate;
import org.rlhfstreams.learner.objectives.CriticFreeObjective;
import org.rlhfstreams.learner.objectives.CriticFreeTerms;
import org.rlhfstreams.learner.objectives.ObjectiveResult;
import org.rlhfstreams.learner.objectives.TermWeights;
import org.rlhfstreams.model.torchscript.ComputeThread;
import org.rlhfstreams.model.training.Pass;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.model.training.TrainableModel;
import org.rlhfstreams.model.training.Update;
import org.rlhfstreams.service.configuration.CriticFreeConfiguration;
import org.rlhfstreams.service.configuration.LearnerConfiguration;

/**
 * GRPO, Dr. GRPO, RLOO and REINFORCE++: advantages once a batch from the rewards alone, then epochs
 * of mini-batches over it.
 */
public final class CriticFreeTrainer extends SingleModelTrainer<ScoredSample> {

  private final TrainableModel policy;
  private final CriticFreeConfiguration settings;
  private final LearnerConfiguration learner;
  private final int longest;
  private final CriticFreeVariant variant;
  private final TokenRewards tokenRewards;
  private final CriticFreeObjective objective;
  private final MiniBatches miniBatches;
  private final MeasuredScores measuredScores;
  private long steps;

  /**
   * @param policy closed with this object
   * @param learner its objective is one without a value model
   * @param longest tokens that a response may have
   */
  public CriticFreeTrainer(
      TrainableModel policy,
      CriticFreeConfiguration settings,
      LearnerConfiguration learner,
      int longest) {
    super("policy", policy);
    this.policy = policy;
    this.settings = settings;
    this.learner = learner;
    this.longest = longest;
    this.variant = CriticFreeVariant.of(learner.objective(), settings);
    this.tokenRewards =
        new TokenRewards(
            settings.klEstimator(), settings.missingEosPenalty().orElse(0), settings.rewardClip());
    this.objective =
        new CriticFreeObjective(
            new ClippedSurrogate(
                settings.clip(),
                settings.clipHigh().orElse(settings.clip()),
                settings.dualClip(),
                settings.decoupled()
                    ? OptionalDouble.of(settings.decoupledWeightCap())
                    : OptionalDouble.empty()),
            variant.lossBeta());
    this.measuredScores = new MeasuredScores(learner.scoreNormalisation());
    this.miniBatches = new MiniBatches(settings.miniBatches(), settings.epochs(), learner.seed());
  }

  @Override
  public Map<String, Double> step(List<ScoredSample> batch, double learningRateFactor) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    Averages averages = new Averages();
    boolean applied = true;
    try (Pass first = pass(batch)) {
      Targets targets = targets(batch, first, metrics);
      for (int epoch = 0; epoch < settings.epochs() && applied; epoch++) {
        for (int[] members : miniBatches.of(batch.size(), steps, epoch)) {
          boolean reusable = epoch == 0 && settings.miniBatches() == 1;
          applied =
              reusable
                  ? update(first, members, targets, learningRateFactor, averages)
                  : updateAnew(batch, members, targets, learningRateFactor, averages);
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
    return metrics;
  }

  private Pass pass(List<ScoredSample> samples) {
    List<TokenRow> rows = samples.stream().map(ScoredSample::row).toList();
    double[] temperatures = samples.stream().mapToDouble(ScoredSample::temperature).toArray();
    return policy.tokenPass(rows, temperatures, false);
  }

  /** What stays the same through all epochs of a batch, [rows][response tokens]. */
  private record Targets(
      double[][] behaviorLogProbabilities,
      double[][] oldLogProbabilities,
      double[][] referenceLogProbabilities,
      double[][] advantages) {}

  private Targets targets(List<ScoredSample> batch, Pass first, Map<String, Double> metrics) {
    int rows = batch.size();
    List<ScoredSample> measured = measuredScores.of(batch);
    double[][] behavior = new double[rows][];
    double[][] reference = new double[rows][];
    double[][] rewards = new double[rows][];
    double[] scores = new double[rows];
    int[] prompts = new int[rows];
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < rows; i++) {
      ScoredSample sample = measured.get(i);
      behavior[i] = Rows.flat(new float[][] {sample.behaviorLogProbabilities()});
      reference[i] = Rows.flat(new float[][] {sample.referenceLogProbabilities()});
      scores[i] = tokenRewards.effectiveScore(sample.score(), sample.stopped());
      rewards[i] =
          tokenRewards.of(
              behavior[i], reference[i], sample.score(), sample.stopped(), variant.rewardBeta());
      prompts[i] = numbers.computeIfAbsent(sample.requestId(), id -> numbers.size());
    }
    BatchStatistics.put(metrics, batch, measured, rewards, steps);
    measuredScores.put(metrics, measured);
    double[][] advantages =
        variant.estimator().advantages(new RewardedResponses(prompts, scores, rewards));
    metrics.put(
        "advantage/zero",
        Arrays.stream(advantages).filter(row -> row[0] == 0).count() / (double) rows);
    return new Targets(
        behavior,
        settings.decoupled() ? Rows.widen(first.logProbabilities()) : behavior,
        reference,
        advantages);
  }

  private boolean updateAnew(
      List<ScoredSample> batch,
      int[] members,
      Targets targets,
      double learningRateFactor,
      Averages averages) {
    try (Pass pass = pass(Arrays.stream(members).mapToObj(batch::get).toList())) {
      return update(pass, members, targets, learningRateFactor, averages);
    }
  }

  private boolean update(
      Pass pass, int[] members, Targets targets, double learningRateFactor, Averages averages) {
    CriticFreeTerms terms =
        variant.lossMean().isPresent()
            ? tokens(pass, members, targets)
            : responses(pass, members, targets);
    ObjectiveResult result = ComputeThread.call(() -> objective.evaluate(terms));
    averages.add(result.statistics());
    averages.add(Map.of("loss", result.loss()));
    if (!Double.isFinite(result.loss())) {
      return false;
    }
    pass.backward(
        PassGradients.ofLogProbabilities(
            gradients(result.gradients().get(0), pass.logProbabilities())));
    Update update = policy.update(learner.learningRate() * learningRateFactor);
    averages.add(Map.of("grad_norm", update.gradientNorm()));
    return update.applied();
  }

  private CriticFreeTerms tokens(Pass pass, int[] members, Targets targets) {
    int[] lengths = Arrays.stream(pass.logProbabilities()).mapToInt(row -> row.length).toArray();
    return new CriticFreeTerms(
        Rows.flat(pass.logProbabilities()),
        Rows.pick(targets.oldLogProbabilities(), members),
        Rows.pick(targets.behaviorLogProbabilities(), members),
        Rows.pick(targets.referenceLogProbabilities(), members),
        Rows.pick(targets.advantages(), members),
        TermWeights.of(variant.lossMean().orElseThrow(), lengths, longest));
  }

  private static CriticFreeTerms responses(Pass pass, int[] members, Targets targets) {
    double[] weights = new double[members.length];
    Arrays.fill(weights, 1.0 / members.length);
    return new CriticFreeTerms(
        Rows.sums(Rows.widen(pass.logProbabilities())),
        sums(targets.oldLogProbabilities(), members),
        sums(targets.behaviorLogProbabilities(), members),
        sums(targets.referenceLogProbabilities(), members),
        Arrays.stream(members).mapToDouble(row -> targets.advantages()[row][0]).toArray(),
        weights);
  }

  private static double[] sums(double[][] rows, int[] members) {
    double[] all = Rows.sums(rows);
    return Arrays.stream(members).mapToDouble(row -> all[row]).toArray();
  }

  /** The gradient by a response's sum is the gradient by each of its tokens. */
  private float[][] gradients(double[] byTerm, float[][] like) {
    if (variant.lossMean().isPresent()) {
      return Rows.cut(byTerm, like);
    }
    float[][] gradients = new float[like.length][];
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] = new float[like[i].length];
      Arrays.fill(gradients[i], (float) byTerm[i]);
    }
    return gradients;
  }

  @Override
  Map<String, Double> numbers() {
    Map<String, Double> numbers = new HashMap<>(measuredScores.numbers());
    numbers.put(TrainerState.STEPS, (double) steps);
    return numbers;
  }

  @Override
  void takeUp(RestoredNumbers checkpointed) {
    steps = (long) checkpointed.get(TrainerState.STEPS);
    measuredScores.restore(checkpointed);
  }
}
