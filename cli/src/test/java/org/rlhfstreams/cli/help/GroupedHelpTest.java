package org.rlhfstreams.cli.help;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlhfstreams.cli.command.RlhfCommand;
import org.rlhfstreams.service.configuration.ConfigurationLoader;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.objective.TrainingObjective;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Help is right about what a command takes, and about what holds where nothing is said. */
final class GroupedHelpTest {
  private static CommandSpec command(String words) {
    CommandLine found = RlhfCommand.commandLine();
    for (String word : words.split(" ", -1)) {
      found = found.getSubcommands().get(word);
    }
    return found.getCommandSpec();
  }

  private static List<OptionHelp> options(String words) {
    return OptionHelp.of(command(words)).values().stream().flatMap(List::stream).toList();
  }

  private static List<String> names(String words) {
    return options(words).stream().flatMap(option -> option.names().stream()).toList();
  }

  /** The configuration that a command would run with. */
  private static Map<String, String> effective(String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.add("--print-config");
    return PrintedConfigurations.of(all);
  }

  private static Map<String, String> training(TrainingObjective objective, String... more) {
    List<String> words =
        new ArrayList<>(List.of("train", objective.text(), "--model", "M", "--output", "O"));
    if (objective.learnsFromRollouts()) {
      words.addAll(List.of("--reward-model", "R"));
    }
    words.addAll(Arrays.asList(more));
    return effective(words.toArray(String[]::new));
  }

  /** Every shown default is the value that the command runs with. */
  private static void assertDefaults(String words, Map<String, String> effective) {
    Map<String, String> wrong = new HashMap<>();
    int compared = 0;
    for (OptionHelp option : options(words)) {
      Optional<String> key =
          option.names().stream()
              .map(name -> name.substring(Math.min(2, name.length())))
              .filter(ConfigurationLoader.keys()::contains)
              .findFirst();
      if (key.isPresent()) {
        String shown = option.usual().orElseThrow();
        String printed =
            shown.equals("not set")
                ? ""
                : RlhfConfiguration.of(Map.of(key.get(), shown)).values().get(key.get());
        if (!printed.equals(effective.get(key.get()).replaceFirst("^\\./", ""))) {
          wrong.put(key.get(), shown + ", but it is " + effective.get(key.get()));
        }
        compared++;
      }
    }
    assertThat(wrong).as(words).isEmpty();
    assertThat(compared).isGreaterThan(10);
  }

  @ParameterizedTest
  @EnumSource
  void defaultsOfTrainingsAreThoseOfTheRun(TrainingObjective objective) {
    assertDefaults("train " + objective.text(), training(objective));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"demo", "up", "learner", "rollout-worker", "reward-service", "controller"})
  void defaultsOfRolesAreThoseOfTheRun(String command) {
    assertDefaults(command, effective(command));
  }

  @Test
  void aTrainingShowsWhatItTakes() {
    assertThat(names("train dpo"))
        .contains("--data", "--learning-rate", "--reference-model", "--loss-type", "--lora-rank")
        .contains("--preference.beta", "--beta", "--eval-steps", "--learner.early-stop-patience")
        .doesNotContain("--ppo.clip", "--sampling.temperature", "--preference.simpo-gamma")
        .doesNotContain("--bootstrap-servers", "--learner.objective", "--preference.likelihood");
    assertThat(names("train orpo"))
        .contains("--preference.likelihood")
        .doesNotContain("--reference-model", "--loss-type");
    assertThat(names("train reward"))
        .contains("--preference.reward-centering")
        .doesNotContain("--lora-rank", "--preference.beta");
    assertThat(names("train grpo"))
        .contains("--critic-free.clip", "--temperature", "--samples", "--rewards.patience")
        .doesNotContain("--critic-free.vespo-k-pos", "--ppo.clip", "--learner.epochs");
    assertThat(names("train ppo")).contains("--ppo.clip", "--ppo.beta", "--reward-model");
  }

  @Test
  void otherCommandsShowNoTraining() {
    for (String words :
        List.of("status", "audit", "trace", "preferences list", "topics describe")) {
      assertThat(names(words))
          .as(words)
          .contains("--bootstrap-servers", "--connection.topic-prefix")
          .doesNotContain("--learning-rate", "--batch-size", "--beta", "--seed", "--lora-rank");
    }
  }

  @Test
  void groupsHaveHeadingsInTheirOrder() {
    String help = command("train dpo").commandLine().getUsageMessage();
    assertThat(help)
        .startsWith("Usage: rlhf train dpo --model=DIR --output=DIR [OPTIONS]")
        .containsSubsequence(
            "\nData:\n", "\nModel:\n", "\nOptimisation:\n", "\nLoRA:\n", "\nObjective:\n")
        .containsSubsequence("\nEvaluation:\n", "\nOutput:\n", "\nLog:\n")
        .contains("--batch-size, --learner.batch-size=N", "(default: 1e-5)", "(required)")
        .doesNotContain("\nOptions:\n", "${", "%%");
    assertThat(help.lines().mapToInt(String::length).max().orElseThrow()).isLessThanOrEqualTo(80);
  }

  @Test
  void everyOptionIsExplained() {
    for (CommandSpec command : GroupedHelp.all(RlhfCommand.commandLine())) {
      OptionHelp.of(command).values().stream()
          .flatMap(List::stream)
          .forEach(
              option ->
                  assertThat(option.description())
                      .as("%s %s", command.qualifiedName(), option.title())
                      .endsWith(".")
                      .doesNotContain("${"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--dtype, bfloat16, model.dtype",
    "--gradient-accumulation-steps, 4, learner.gradient-accumulation-steps",
    "--micro-batch-size, 4, learner.micro-batch-size",
    "--warmup-ratio, 0.1, learner.warmup-ratio",
    "--warmup-steps, 7, learner.warmup-steps",
    "--lr-scheduler-type, cosine, learner.schedule",
    "--weight-decay, 0.3, learner.weight-decay",
    "--max-grad-norm, 0.5, learner.max-grad-norm",
    "--lora-rank, 8, lora.rank",
    "--lora-alpha, 32.0, lora.alpha",
    "--lora-target-modules, 'q_proj,o_proj', lora.target-modules",
    "--gradient-checkpointing, true, learner.gradient-checkpointing",
    "--logging-steps, 5, learner.logging-steps",
    "--save-steps, 50, learner.checkpoint-every",
    "--eval-steps, 25, learner.evaluate-every",
    "--beta, 0.3, preference.beta",
    "--seed, 9, learner.seed",
  })
  void theFieldsNamesAreOptions(String name, String value, String key) {
    assertThat(training(TrainingObjective.DPO, name, value)).containsEntry(key, value);
    assertThat(names("train dpo")).contains(name);
  }

  @Test
  void aSwitchNeedsNoValue() {
    assertThat(training(TrainingObjective.DPO, "--gradient-checkpointing", "--epochs", "2"))
        .containsEntry("learner.gradient-checkpointing", "true")
        .containsEntry("learner.epochs", "2");
    assertThat(training(TrainingObjective.DPO, "--learner.shuffle=false"))
        .containsEntry("learner.shuffle", "false");
  }

  @Test
  void oneFlagForSeveralKeysSetsThemAll() {
    assertThat(effective("up", "--beta", "0.3", "--seed", "9"))
        .containsEntry("ppo.beta", "0.3")
        .containsEntry("critic-free.beta", "0.3")
        .containsEntry("preference.beta", "0.3")
        .containsEntry("learner.seed", "9")
        .containsEntry("sampling.seed", "9");
  }
}
