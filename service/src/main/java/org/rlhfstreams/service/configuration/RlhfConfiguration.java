package org.rlhfstreams.service.configuration;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.rlhfstreams.service.objective.AuxiliaryModel;
import org.rlhfstreams.service.objective.SettingsSection;
import org.rlhfstreams.service.objective.TrainingObjective;

/**
 * Everything that can be configured; each process reads its sections.
 *
 * @param kafka client settings that pass through untouched, such as {@code security.protocol}
 * @param schemaRegistry serde settings that pass through, such as {@code basic.auth.user.info}
 */
public record RlhfConfiguration(
    ConnectionConfiguration connection,
    OperationsConfiguration operations,
    TopicsConfiguration topics,
    ModelConfiguration model,
    SamplingConfiguration sampling,
    AdmissionConfiguration admission,
    RolloutWorkerConfiguration rolloutWorker,
    RewardServiceConfiguration rewardService,
    ControllerConfiguration controller,
    RewardsConfiguration rewards,
    LearnerConfiguration learner,
    RangeConfiguration range,
    LiveConfiguration live,
    LoraConfiguration lora,
    PpoConfiguration ppo,
    CriticFreeConfiguration criticFree,
    PreferenceConfiguration preference,
    ComparisonsConfiguration comparisons,
    PeopleConfiguration people,
    WeightsConfiguration weights,
    Map<String, String> kafka,
    Map<String, String> schemaRegistry) {

  /** Refuses settings that contradict each other across sections. */
  public RlhfConfiguration {
    kafka = Map.copyOf(kafka);
    schemaRegistry = Map.copyOf(schemaRegistry);
    TrainingObjective objective = learner.objective();
    if (lora.enabled() && objective.trainsRewardModel()) {
      throw new ConfigurationException(
          "lora.rank = "
              + lora.rank()
              + " is for language models; a reward model is trained whole: set lora.rank = 0");
    }
    if (range.isLive() && !objective.learnsFromRollouts()) {
      refuseAnEnd(learner);
    }
    if (learner.batchSize() < objective.examples().smallestBatch()) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "learner.batch-size = %d: %s measures each response against another one's prompt of"
                  + " the same batch; make it %d or more",
              learner.batchSize(),
              objective.text(),
              objective.examples().smallestBatch()));
    }
    objective
        .sections()
        .forEach(
            section -> requireEqualParts(learner, section, miniBatches(section, ppo, criticFree)));
    if (criticFree.dynamicSampling()
        && !objective.comparesSamples()
        && objective.sections().contains(SettingsSection.CRITIC_FREE)) {
      throw new ConfigurationException(
          "critic-free.dynamic-sampling sets groups aside, but %s learns from single responses: leave it out, or use an objective that compares responses to one prompt, such as grpo"
              .formatted(objective.text()));
    }
    requireWeight(rewards, objective);
    if (objective.learnsFromRollouts()
        && learner.evaluateEvery() > 0
        && effective(rewards, model, objective).isEmpty()) {
      throw new ConfigurationException(
          "learner.evaluate-every compares versions by their rewards, and "
              + objective.text()
              + " has none here: add rewards, or leave it out");
    }
    if (objective.comparesSamples()) {
      requireGroups(learner, sampling);
    } else if (objective.learnsFromRollouts()) {
      refuseGroups(rewards, objective);
    }
  }

  /**
   * The rewards of the run: those of the list; without a list the model of {@code model.reward},
   * unless there is a teacher to learn from and no such model.
   */
  public EffectiveRewards effectiveRewards() {
    return new EffectiveRewards(effective(rewards, model, learner.objective()));
  }

  private static List<RewardConfiguration> effective(
      RewardsConfiguration rewards, ModelConfiguration model, TrainingObjective objective) {
    if (!rewards.list().isEmpty()) {
      return rewards.list();
    }
    return objective.needs(AuxiliaryModel.TEACHER) && model.reward().isEmpty()
        ? List.of()
        : List.of(RewardConfiguration.ofRewardModel());
  }

  private static void requireWeight(RewardsConfiguration rewards, TrainingObjective objective) {
    if (!objective.needs(AuxiliaryModel.TEACHER)
        && !rewards.list().isEmpty()
        && rewards.list().stream().allMatch(reward -> reward.weight() == 0)) {
      throw new ConfigurationException(
          "rewards: all have weight 0, so that nothing would be learned: give at least one a"
              + " weight");
    }
  }

  private static int miniBatches(
      SettingsSection section, PpoConfiguration ppo, CriticFreeConfiguration criticFree) {
    return switch (section) {
      case PPO -> ppo.miniBatches();
      case CRITIC_FREE -> criticFree.miniBatches();
      case PREFERENCE -> 1;
    };
  }

  private static void requireEqualParts(
      LearnerConfiguration learner, SettingsSection section, int miniBatches) {
    if (learner.batchSize() % miniBatches != 0) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "learner.batch-size = %d does not divide into %s.mini-batches = %d equal parts:"
                  + " change one of them",
              learner.batchSize(),
              section.key(),
              miniBatches));
    }
  }

  private static void requireGroups(LearnerConfiguration learner, SamplingConfiguration sampling) {
    if (sampling.samples() < 2) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "sampling.samples = %d: %s compares responses to one prompt; make it 2 or more, 8 is"
                  + " usual",
              sampling.samples(),
              learner.objective().text()));
    }
    if (learner.batchSize() % sampling.samples() != 0) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "learner.batch-size = %d is no multiple of sampling.samples = %d, and %s learns from"
                  + " whole groups: change one of them",
              learner.batchSize(),
              sampling.samples(),
              learner.objective().text()));
    }
  }

  private static void refuseGroups(RewardsConfiguration rewards, TrainingObjective objective) {
    for (RewardConfiguration reward : rewards.list()) {
      if (reward.normalise() == RewardNormalisation.GROUP) {
        throw new ConfigurationException(
            "rewards: %s is normalised over its group, but %s learns from single responses: set normalise: batch, or an objective that compares responses to one prompt, such as grpo"
                .formatted(reward.name(), objective.text()));
      }
    }
  }

  /** Batches that a rollout's policy may lie behind: what admission and learner both go by. */
  public double staleness() {
    return admission.staleness();
  }

  /** Responses to a request that count only together: all of them, or each by itself. */
  public int samplesLearnedTogether() {
    return learner.objective().comparesSamples() ? sampling.samples() : 1;
  }

  private static void refuseAnEnd(LearnerConfiguration learner) {
    if (learner.validationShare() > 0) {
      throw new ConfigurationException(
          "learner.validation-share = "
              + learner.validationShare()
              + " holds rows out before the first step, but with range.until = never they come"
              + " later: set one of them otherwise; reward has live.held-out-share for this");
    }
    if (learner.epochs().orElse(1) > 1) {
      throw new ConfigurationException(
          "learner.epochs = "
              + learner.epochs().getAsInt()
              + " goes over the data again, but range.until = never has no end to begin again at:"
              + " set one of them otherwise");
    }
    if (learner.warmupRatio() > 0 && learner.maxSteps() == 0) {
      throw new ConfigurationException(
          "learner.warmup-ratio = "
              + learner.warmupRatio()
              + " is a share of all steps, but range.until = never has no last one: set"
              + " learner.max-steps or learner.warmup-steps");
    }
    if (learner.schedule() != LearningRateSchedule.CONSTANT && learner.maxSteps() == 0) {
      throw new ConfigurationException(
          "learner.schedule = "
              + ValueParser.printed(learner.schedule())
              + " falls to 0 at the last step, but range.until = never has none: set"
              + " learner.max-steps or learner.schedule = constant");
    }
  }

  /**
   * The defaults with some keys set, such as {@code learner.learning-rate}.
   *
   * @throws ConfigurationException when a key is unknown or a value does not fit
   */
  public static RlhfConfiguration of(Map<String, String> settings) {
    return ConfigurationLoader.load(Optional.empty(), Map.of(), settings);
  }

  /** The effective configuration as YAML that loads again, except that secrets are masked. */
  public String printed() {
    return PrintedConfiguration.of(this);
  }

  /** The same by full key, such as {@code learner.batch-size}. */
  public Map<String, String> values() {
    return PrintedConfiguration.byKey(this);
  }

  /** As {@link #printed()}: what would else be printed has secrets in it. */
  @Override
  public String toString() {
    return printed();
  }
}
