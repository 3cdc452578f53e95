package org.rlhfstreams.service.configuration;

import java.util.Map;
import java.util.Optional;

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
    LearnerConfiguration learner,
    RangeConfiguration range,
    LoraConfiguration lora,
    PpoConfiguration ppo,
    PreferenceConfiguration preference,
    Map<String, String> kafka,
    Map<String, String> schemaRegistry) {

  /** Refuses settings that contradict each other across sections. */
  public RlhfConfiguration {
    kafka = Map.copyOf(kafka);
    schemaRegistry = Map.copyOf(schemaRegistry);
    if (lora.enabled() && learner.objective() == ObjectiveName.REWARD) {
      throw new ConfigurationException(
          "lora.rank = "
              + lora.rank()
              + " is for language models; a reward model is trained whole: set lora.rank = 0");
    }
    if (range.isLive() && !learner.objective().learnsFromRollouts()) {
      refuseAnEnd(learner);
    }
    if (learner.objective() == ObjectiveName.KTO && learner.batchSize() < 2) {
      throw new ConfigurationException(
          "learner.batch-size = 1: kto measures each response against another one's prompt of the"
              + " same batch; make it 2 or more");
    }
    if (learner.objective() == ObjectiveName.PPO && learner.batchSize() % ppo.miniBatches() != 0) {
      throw new ConfigurationException(
          "learner.batch-size = "
              + learner.batchSize()
              + " does not divide into ppo.mini-batches = "
              + ppo.miniBatches()
              + " equal parts: change one of them");
    }
  }

  private static void refuseAnEnd(LearnerConfiguration learner) {
    if (learner.epochs().orElse(1) > 1) {
      throw new ConfigurationException(
          "learner.epochs = "
              + learner.epochs().getAsInt()
              + " goes over the data again, but range.until = never has no end to begin again at:"
              + " set one of them otherwise");
    }
    if (learner.schedule() != LearningRateSchedule.CONSTANT && learner.maxSteps() == 0) {
      throw new ConfigurationException(
          "learner.schedule = "
              + ValueParser.printed(learner.schedule())
              + " falls to 0 at the last step, but range.until = never has none: set"
              + " learner.max-steps or learner.schedule = constant");
    }
  }

  /** The defaults. */
  public static RlhfConfiguration defaults() {
    return of(Map.of());
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
}
