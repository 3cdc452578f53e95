package org.rlhfstreams.learner.training;

import java.util.Map;
import org.rlhfstreams.learner.advantage.GeneralizedAdvantageEstimation;
import org.rlhfstreams.learner.advantage.KlController;
import org.rlhfstreams.learner.advantage.Whitening;
import org.rlhfstreams.learner.checkpoint.RestoredNumbers;
import org.rlhfstreams.learner.objectives.ClippedSurrogate;
import org.rlhfstreams.learner.objectives.PpoGradients;
import org.rlhfstreams.learner.objectives.PpoObjective;
import org.rlhfstreams.learner.objectives.PpoTokens;
import org.rlhfstreams.model.training.PassGradients;
import org.rlhfstreams.service.configuration.PpoConfiguration;
import org.rlhfstreams.service.configuration.RolloutObjectiveConfiguration;

/**
 * Proximal policy optimisation: generalised advantages from the values of a model of its own, or of
 * a head on the policy.
 */
public final class PpoStrategy implements RolloutStrategy {
  private static final String BETA = "kl.beta";

  private final PpoConfiguration settings;
  private final GeneralizedAdvantageEstimation estimation;
  private final PpoObjective objective;
  private final KlController kl;

  public PpoStrategy(PpoConfiguration settings) {
    this.settings = settings;
    this.estimation = new GeneralizedAdvantageEstimation(settings.gamma(), settings.lambda());
    this.objective =
        new PpoObjective(
            ClippedSurrogate.of(settings, settings.clip(), settings.clip()),
            settings.valueClip(),
            settings.valueCoefficient(),
            settings.entropyCoefficient());
    this.kl =
        new KlController(
            settings.beta(), settings.adaptiveKlTarget(), settings.adaptiveKlHorizon());
  }

  @Override
  public RolloutObjectiveConfiguration settings() {
    return settings;
  }

  @Override
  public double rewardBeta() {
    return kl.beta();
  }

  @Override
  public boolean learnsEntropies() {
    return settings.entropyCoefficient() > 0;
  }

  @Override
  public MiniBatchObjective objective(RolloutBatch batch, Map<String, Double> metrics) {
    metrics.put("objective/beta", kl.beta());
    double[][] rewards = batch.rewarded().tokenRewards();
    double[][] counted = settings.whitenRewards() ? Whitening.of(rewards, false) : rewards;
    double[][] oldValues = Rows.widen(batch.outputs().values());
    double[][] estimated = new double[rewards.length][];
    double[][] returns = new double[rewards.length][];
    for (int i = 0; i < rewards.length; i++) {
      estimated[i] = estimation.advantages(counted[i], oldValues[i]);
      returns[i] = GeneralizedAdvantageEstimation.returns(estimated[i], oldValues[i]);
    }
    double[][] advantages = settings.whitenAdvantages() ? Whitening.of(estimated, true) : estimated;
    return (now, members) ->
        objective
            .evaluate(
                new PpoTokens<>(
                    Rows.flat(now.logProbabilities()),
                    Rows.flat(now.entropies()),
                    Rows.flat(now.values()),
                    Rows.pick(batch.oldLogProbabilities(), members),
                    Rows.pick(batch.behaviorLogProbabilities(), members),
                    Rows.pick(advantages, members),
                    Rows.pick(returns, members),
                    Rows.pick(oldValues, members)))
            .withGradients(gradients -> onOutputs(gradients, now.logProbabilities()));
  }

  private PassGradients onOutputs(PpoGradients gradients, float[][] like) {
    return new PassGradients(
        Rows.cut(gradients.logProbabilities(), like),
        learnsEntropies() ? Rows.cut(gradients.entropies(), like) : null,
        Rows.cut(gradients.values(), like));
  }

  /** Steers the KL's weight by the KL of the batch. */
  @Override
  public void stepped(Map<String, Double> metrics, int rollouts) {
    kl.update(metrics.get("objective/kl"), rollouts);
  }

  @Override
  public Map<String, Double> numbers() {
    return Map.of(BETA, kl.beta());
  }

  @Override
  public void restore(RestoredNumbers numbers) {
    kl.restore(numbers.get(BETA));
  }
}
