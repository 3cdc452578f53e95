package org.rlhfstreams.service.objective;

import static org.rlhfstreams.service.objective.AuxiliaryModel.REFERENCE;
import static org.rlhfstreams.service.objective.AuxiliaryModel.TEACHER;
import static org.rlhfstreams.service.objective.AuxiliaryModel.VALUE_MODEL;
import static org.rlhfstreams.service.objective.ExampleKind.GROUPS;
import static org.rlhfstreams.service.objective.ExampleKind.LABELS;
import static org.rlhfstreams.service.objective.ExampleKind.PAIRS;
import static org.rlhfstreams.service.objective.ExampleKind.ROLLOUTS;
import static org.rlhfstreams.service.objective.ExampleKind.TEXTS;
import static org.rlhfstreams.service.objective.ModelRole.POLICY;
import static org.rlhfstreams.service.objective.ModelRole.REWARD_MODEL;
import static org.rlhfstreams.service.objective.SettingsSection.CRITIC_FREE;
import static org.rlhfstreams.service.objective.SettingsSection.PREFERENCE;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the learner can optimise. An entry says all that is known of an objective outside of its
 * trainer; its name, in kebab-case, is that of configuration, commands, topics and metrics.
 */
@SuppressWarnings("ImmutableEnumChecker") // Set.of and List.of are
public enum TrainingObjective {
  PPO(
      "Proximal policy optimisation over prompts, with a reward model.",
      POLICY,
      ROLLOUTS,
      Set.of(REFERENCE, VALUE_MODEL),
      SettingsSection.PPO),
  GRPO(
      "Group relative policy optimisation over prompts: several samples of each, no value model.",
      POLICY,
      GROUPS,
      Set.of(REFERENCE),
      CRITIC_FREE),
  DR_GRPO(
      "GRPO without division by the deviation and by the length of responses.",
      POLICY,
      GROUPS,
      Set.of(REFERENCE),
      CRITIC_FREE),
  GSPO(
      "GRPO with one probability ratio a response, the geometric mean of its tokens'.",
      POLICY,
      GROUPS,
      Set.of(REFERENCE),
      CRITIC_FREE),
  CISPO(
      "GRPO that clips the importance weights, so that every token keeps a gradient.",
      POLICY,
      GROUPS,
      Set.of(REFERENCE),
      CRITIC_FREE),
  SAPO(
      "GRPO with a gate that closes smoothly in place of a clip.",
      POLICY,
      GROUPS,
      Set.of(REFERENCE),
      CRITIC_FREE),
  LUSPO(
      "GSPO summed over the tokens of a response: no length is favoured.",
      POLICY,
      GROUPS,
      Set.of(REFERENCE),
      CRITIC_FREE),
  VESPO(
      "GRPO with smooth weights of whole responses' ratios in place of a clip.",
      POLICY,
      GROUPS,
      Set.of(REFERENCE),
      CRITIC_FREE),
  GMPO(
      "GRPO with the geometric mean of a response's clipped token ratios.",
      POLICY,
      GROUPS,
      Set.of(REFERENCE),
      CRITIC_FREE),
  RLOO(
      "REINFORCE over prompts, with the mean of the other samples as the baseline.",
      POLICY,
      GROUPS,
      Set.of(REFERENCE),
      CRITIC_FREE),
  REINFORCE_PLUS_PLUS(
      "REINFORCE++ over prompts: returns whitened over the batch, no value model.",
      POLICY,
      ROLLOUTS,
      Set.of(REFERENCE),
      CRITIC_FREE),
  DISTILLATION(
      "On-policy distillation over prompts: the reference is a teacher that judges every token.",
      POLICY,
      ROLLOUTS,
      Set.of(TEACHER),
      CRITIC_FREE),
  ONLINE_DPO(
      "DPO on the policy's own responses to prompts, ranked by a reward model.",
      POLICY,
      GROUPS,
      Set.of(REFERENCE),
      CRITIC_FREE,
      PREFERENCE),
  SFT("Supervised fine-tuning on texts or on prompts with completions.", POLICY, TEXTS, Set.of()),
  REWARD(
      "A reward model from preference pairs; starts from any language model.",
      REWARD_MODEL,
      PAIRS,
      Set.of(),
      PREFERENCE),
  DPO(
      "Direct preference optimisation on pairs, against a reference.",
      POLICY,
      PAIRS,
      Set.of(REFERENCE),
      PREFERENCE),
  ORPO(
      "Odds-ratio preference optimisation on pairs, without a reference.",
      POLICY,
      PAIRS,
      Set.of(),
      PREFERENCE),
  CPO(
      "Contrastive preference optimisation on pairs: DPO without a reference, and imitation.",
      POLICY,
      PAIRS,
      Set.of(),
      PREFERENCE),
  SIMPO(
      "SimPO on pairs: mean log-probabilities with a margin, no reference; AlphaPO with its alpha.",
      POLICY,
      PAIRS,
      Set.of(),
      PREFERENCE),
  KTO(
      "Kahneman-Tversky optimisation on single labelled responses, or on pairs taken apart.",
      POLICY,
      LABELS,
      Set.of(REFERENCE),
      PREFERENCE);

  private final String help;
  private final ModelRole trains;
  private final ExampleKind examples;
  private final Set<AuxiliaryModel> auxiliaryModels;
  private final List<SettingsSection> sections;

  TrainingObjective(
      String help,
      ModelRole trains,
      ExampleKind examples,
      Set<AuxiliaryModel> auxiliaryModels,
      SettingsSection... sections) {
    this.help = help;
    this.trains = trains;
    this.examples = examples;
    this.auxiliaryModels = auxiliaryModels;
    this.sections = List.of(sections);
  }

  /** The objective of that name; empty if there is none, such as for the steps of a replay. */
  public static Optional<TrainingObjective> named(String text) {
    return Arrays.stream(values()).filter(objective -> objective.text().equals(text)).findFirst();
  }

  /** Its name as configuration, commands, topics and metrics have it: {@code dr-grpo}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What it does, in a sentence. */
  public String help() {
    return help;
  }

  /** The model that it starts from, trains and publishes. */
  public ModelRole trains() {
    return trains;
  }

  /** Whether it trains a reward model; else the policy. */
  public boolean trainsRewardModel() {
    return trains == REWARD_MODEL;
  }

  /** What it learns from. */
  public ExampleKind examples() {
    return examples;
  }

  /** Whether it learns from scored rollouts; else from preferences. */
  public boolean learnsFromRollouts() {
    return examples.fromRollouts();
  }

  /** Whether it compares several responses to one prompt. */
  public boolean comparesSamples() {
    return examples == GROUPS;
  }

  /** Whether it computes with a model beside the one that it trains. */
  public boolean needs(AuxiliaryModel model) {
    return auxiliaryModels.contains(model);
  }

  /** Sections of the configuration that it reads beside {@code learner}. */
  public List<SettingsSection> sections() {
    return sections;
  }
}
