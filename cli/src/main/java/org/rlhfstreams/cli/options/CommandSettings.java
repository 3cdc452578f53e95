package org.rlhfstreams.cli.options;

import static java.util.Map.entry;
import static org.rlhfstreams.service.objective.TrainingObjective.CISPO;
import static org.rlhfstreams.service.objective.TrainingObjective.CPO;
import static org.rlhfstreams.service.objective.TrainingObjective.DPO;
import static org.rlhfstreams.service.objective.TrainingObjective.GMPO;
import static org.rlhfstreams.service.objective.TrainingObjective.KTO;
import static org.rlhfstreams.service.objective.TrainingObjective.ONLINE_DPO;
import static org.rlhfstreams.service.objective.TrainingObjective.ORPO;
import static org.rlhfstreams.service.objective.TrainingObjective.PPO;
import static org.rlhfstreams.service.objective.TrainingObjective.REWARD;
import static org.rlhfstreams.service.objective.TrainingObjective.RLOO;
import static org.rlhfstreams.service.objective.TrainingObjective.SAPO;
import static org.rlhfstreams.service.objective.TrainingObjective.SFT;
import static org.rlhfstreams.service.objective.TrainingObjective.SIMPO;
import static org.rlhfstreams.service.objective.TrainingObjective.VESPO;

import java.util.Map;
import java.util.Set;
import org.rlhfstreams.service.configuration.Overrides;
import org.rlhfstreams.service.objective.SettingsSection;
import org.rlhfstreams.service.objective.TrainingObjective;

/** The rule which command uses which part of the configuration. */
public final class CommandSettings {
  /** Commands that read or write a log. */
  public static final SettingScope LOG = SettingScope.of("connection");

  /** Where a run stands. */
  public static final SettingScope STATUS = LOG.and("learner.evaluate-every", "rewards.list");

  /** A model out of the log. */
  public static final SettingScope MODEL = LOG.and("model.policy", "model.reward");

  /** Who may do what on the broker. */
  public static final SettingScope ACLS = LOG.and("rewards.list");

  /** Commands that make topics if they are missing. */
  public static final SettingScope TOPICS = LOG.and("topics");

  /** The import of prompts. */
  public static final SettingScope PROMPTS = TOPICS.and("admission.metadata");

  /** The file of people's tokens. */
  public static final SettingScope TOKENS = SettingScope.of("people.tokens-file");

  private static final SettingScope ROLE =
      TOPICS.and("operations.host", "operations.log-format", "operations.memory-check");

  /** The rollout worker. */
  public static final SettingScope ROLLOUT_WORKER =
      ROLE.and(
          "rollout-worker",
          "model.policy",
          "model.dtype",
          "model.device",
          "sampling.max-new-tokens",
          "weights.trusted-keys-file");

  /** The reward service. */
  public static final SettingScope REWARD_SERVICE =
      ROLE.and(
          "reward-service",
          "rewards",
          "model",
          "learner.objective",
          "sampling.samples",
          "weights.trusted-keys-file");

  /** The controller. */
  public static final SettingScope CONTROLLER =
      ROLE.without("operations.memory-check")
          .and(
              "controller",
              "admission",
              "sampling",
              "rewards",
              "comparisons",
              "people.enabled",
              "model.policy",
              "learner.objective",
              "learner.batch-size");

  /** The role people. */
  public static final SettingScope PEOPLE =
      ROLE.without("operations.memory-check").and("people", "comparisons.judgements");

  /** The learner of a cluster. */
  public static final SettingScope LEARNER =
      ROLE.and(
          "learner",
          "model",
          "lora",
          "ppo",
          "critic-free",
          "preference",
          "range",
          "live",
          "weights",
          "rewards",
          "sampling.samples",
          "sampling.temperature",
          "sampling.max-new-tokens",
          "admission.staleness");

  /** All roles in one process. */
  public static final SettingScope ALL_ROLES =
      LEARNER
          .and(ROLLOUT_WORKER)
          .and(REWARD_SERVICE)
          .and(CONTROLLER)
          .and(PEOPLE)
          .without(
              "connection.bootstrap-servers",
              "connection.schema-registry-url",
              "connection.start-timeout",
              "operations.log-format",
              "rollout-worker.evaluation",
              "rollout-worker.worker-id",
              "reward-service.scorers",
              "learner.output",
              "learner.checkpoint-directory",
              "controller.state-directory",
              "people.state-directory");

  /** Learning again from a log. */
  public static final SettingScope REPLAY =
      LEARNER
          .without(
              "live",
              "topics",
              "operations.host",
              "operations.log-format",
              "learner.objective",
              "learner.output",
              "learner.checkpoint-directory",
              "learner.http-port",
              "model.policy",
              "model.reference",
              "model.reward",
              "range.max-wait",
              "admission")
          .and("connection");

  /** Scoring again what a log has. */
  public static final SettingScope RESCORE =
      LOG.and(
          "range.from",
          "range.until",
          "rewards",
          "reward-service.batch-size",
          "model",
          "operations.memory-check");

  /** The check of machine, settings and cluster. */
  public static final SettingScope DOCTOR = ALL_ROLES.and(LEARNER);

  /** Keys that only some objectives read, of sections that more of them have. */
  private static final Map<String, Set<TrainingObjective>> ONLY_OF =
      Map.ofEntries(
          entry("preference.beta", Set.of(DPO, ORPO, CPO, SIMPO, KTO, ONLINE_DPO)),
          entry("preference.loss", Set.of(DPO, CPO, ONLINE_DPO)),
          entry("preference.label-smoothing", Set.of(DPO, CPO, SIMPO, ONLINE_DPO)),
          entry("preference.cpo-alpha", Set.of(CPO, SIMPO)),
          entry("preference.simpo-gamma", Set.of(SIMPO)),
          entry("preference.alpha", Set.of(SIMPO)),
          entry("preference.likelihood", Set.of(ORPO)),
          entry("preference.desirable-weight", Set.of(KTO)),
          entry("preference.undesirable-weight", Set.of(KTO)),
          entry("preference.reward-centering", Set.of(REWARD)),
          entry("critic-free.cispo-epsilon-max", Set.of(CISPO)),
          entry("critic-free.sapo-temperature-pos", Set.of(SAPO)),
          entry("critic-free.sapo-temperature-neg", Set.of(SAPO)),
          entry("critic-free.vespo-k-pos", Set.of(VESPO)),
          entry("critic-free.vespo-lambda-pos", Set.of(VESPO)),
          entry("critic-free.vespo-k-neg", Set.of(VESPO)),
          entry("critic-free.vespo-lambda-neg", Set.of(VESPO)),
          entry("critic-free.gmpo-clip", Set.of(GMPO)),
          entry("critic-free.normalize-advantages", Set.of(RLOO)),
          entry("learner.value-learning-rate", Set.of(PPO)),
          entry("learner.assistant-only-loss", Set.of(SFT)));

  private CommandSettings() {}

  /**
   * A training on files of preferences or texts.
   *
   * @param own what the command sets in place of defaults
   */
  public static SettingScope ofFiles(TrainingObjective objective, Overrides own) {
    SettingScope scope =
        training(objective)
            .and("range.from", "range.until")
            .without(
                "learner.value-learning-rate",
                "learner.score-normalisation",
                "learner.evaluation-patience");
    return (objective.examples().judged() ? scope : scope.without("learner.validation-metric"))
        .with(own);
  }

  /**
   * A training on prompts, with all roles in one process.
   *
   * @param own what the command sets in place of defaults
   */
  public static SettingScope ofPrompts(TrainingObjective objective, Overrides own) {
    return training(objective)
        .and(
            "sampling",
            "admission",
            "rollout-worker",
            "reward-service",
            "rewards",
            "controller.http-port",
            "learner.http-port",
            "operations.host",
            "people",
            "comparisons",
            "weights",
            "topics.partitions")
        .without(
            "learner.epochs",
            "learner.shuffle",
            "learner.truncation",
            "learner.validation-share",
            "learner.validation-metric",
            "people.state-directory",
            "rollout-worker.evaluation",
            "rollout-worker.worker-id",
            "reward-service.scorers")
        .with(own);
  }

  /** What every training has whose model, data and output are options of the command. */
  private static SettingScope training(TrainingObjective objective) {
    SettingScope scope =
        SettingScope.of("learner", "model.dtype", "model.device", "operations.memory-check")
            .without(
                "learner.objective",
                "learner.output",
                "learner.checkpoint-directory",
                "learner.http-port");
    for (SettingsSection section : objective.sections()) {
      scope = scope.and(section.key());
    }
    if (!objective.trainsRewardModel()) {
      scope = scope.and("lora");
    }
    return scope.only(key -> ONLY_OF.getOrDefault(key, Set.of(objective)).contains(objective));
  }
}
