package org.rlhfstreams.cli.help;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;

/** What an option is about; help lists the groups in this order. */
@SuppressWarnings("ImmutableEnumChecker") // List.of is
public enum OptionGroup {
  /** Of the command alone. */
  COMMAND("Options"),
  DATA(
      "Data",
      "--data",
      "--map",
      "--strict",
      "--prompts",
      "--range.",
      "--live.",
      "--admission.metadata",
      "--admission.prompt-epochs",
      "--admission.difficulty",
      "--learner.max-length",
      "--max-length",
      "--learner.truncation",
      "--learner.shuffle",
      "--no-shuffle",
      "--learner.assistant-only-loss"),
  MODEL(
      "Model",
      "--model",
      "--baseline",
      "--reference-model",
      "--reward-model",
      "--initialize",
      "--dtype",
      "--device",
      "--force",
      "--model.",
      "--operations.memory-check"),
  OPTIMISATION("Optimisation", "--seed", "--learner."),
  LORA("LoRA", "--lora."),
  OBJECTIVE("Objective", "--beta", "--ppo.", "--critic-free.", "--preference."),
  SAMPLING(
      "Sampling",
      "--max-new-tokens",
      "--min-new-tokens",
      "--temperature",
      "--top-k",
      "--top-p",
      "--min-p",
      "--repetition-penalty",
      "--stop",
      "--chat",
      "--samples",
      "--sampling."),
  REWARDS("Rewards", "--rewards."),
  EVALUATION(
      "Evaluation",
      "--validation",
      "--evaluation-prompts",
      "--learner.evaluate-every",
      "--learner.evaluation-patience",
      "--learner.validation-share",
      "--learner.validation-metric",
      "--learner.early-stop-patience",
      "--learner.early-stop-delta"),
  PEOPLE("People", "--people.", "--comparisons."),
  ROLES("Roles", "--admission.", "--rollout-worker.", "--reward-service.", "--controller."),
  OUTPUT(
      "Output",
      "--output",
      "--data-directory",
      "--save-dtype",
      "--json",
      "--html",
      "--csv",
      "--weights.",
      "--learner.checkpoint-every",
      "--learner.checkpoint-directory",
      "--learner.output"),
  LOG(
      "Log",
      "--verbose",
      "--quiet",
      "--learner.logging-steps",
      "--operations.",
      "--learner.http-port",
      "--rollout-worker.http-port",
      "--reward-service.http-port",
      "--controller.http-port",
      "--people.operations-port"),
  KAFKA("Kafka", "--port", "--registry-port", "--connection.", "--topics."),
  CONFIGURATION(
      "Configuration and help", "--config", "--print-config", "--set", "--help", "--version");

  private final String heading;
  private final List<String> names;

  /**
   * @param names of its options; a section of the configuration ends with a dot
   */
  OptionGroup(String heading, String... names) {
    this.heading = heading;
    this.names = List.of(names);
  }

  /** What stands above it. */
  public String heading() {
    return heading;
  }

  /** The group of an option: that which names it, or else its section. */
  static OptionGroup of(OptionSpec option) {
    return named(option, false).or(() -> named(option, true)).orElse(COMMAND);
  }

  private static Optional<OptionGroup> named(OptionSpec option, boolean bySection) {
    return Arrays.stream(values())
        .filter(
            group ->
                group.names.stream()
                    .anyMatch(
                        name ->
                            Arrays.stream(option.names())
                                .anyMatch(
                                    own ->
                                        bySection
                                            ? name.endsWith(".") && own.startsWith(name)
                                            : own.equals(name))))
        .findFirst();
  }
}
