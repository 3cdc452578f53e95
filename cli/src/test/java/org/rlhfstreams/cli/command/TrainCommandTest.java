package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rlhfstreams.service.objective.TrainingObjective;

/** Each objective of the registry is a command. */
final class TrainCommandTest {
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private static String[] train(TrainingObjective objective, String... more) {
    List<String> arguments = new ArrayList<>(List.of("train", objective.text()));
    arguments.addAll(List.of("--model", "/m", "--data", "/d", "--output", "/o"));
    if (objective.learnsFromRollouts()) {
      arguments.addAll(List.of("--reward-model", "/r"));
    }
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static String unwrapped(String help) {
    return SPACE.matcher(help).replaceAll(" ");
  }

  @Test
  void theCommandsAreTheRegistry() {
    String help = unwrapped(CommandRun.expecting(0, "train", "--help").output());
    assertThat(TrainingObjective.values())
        .allSatisfy(
            objective ->
                assertThat(help).contains(" " + objective.text() + " " + objective.help()));
  }

  @ParameterizedTest
  @EnumSource
  void aCommandHasTheHelpOfItsObjective(TrainingObjective objective) {
    String help = CommandRun.expecting(0, "train", objective.text(), "--help").output();
    assertThat(help).startsWith("Usage: rlhf train " + objective.text() + " ");
    assertThat(unwrapped(help)).contains(objective.help());
  }

  @ParameterizedTest
  @EnumSource
  void itStartsTheModelThatItTrainsFromTheOptionsInGroupsOfEight(TrainingObjective objective) {
    String printed = CommandRun.expecting(0, train(objective, "--print-config")).output();
    String key = objective.trainsRewardModel() ? "reward" : "policy";
    assertThat(printed)
        .contains("  objective: " + objective.text() + "\n")
        .contains("  " + key + ": /m\n")
        .contains("  samples: " + (objective.comparesSamples() ? 8 : 1) + "\n");
  }

  @Test
  void aPolicyThatIsHeldToAReferenceTakesOne() {
    String printed =
        CommandRun.expecting(
                0,
                train(
                    TrainingObjective.DPO,
                    "--reference-model",
                    "/held",
                    "--loss-type",
                    "ipo",
                    "--label-smoothing",
                    "0.2",
                    "--print-config"))
            .output();
    assertThat(printed)
        .contains("  reference: /held\n")
        .contains("  loss: ipo\n")
        .contains("  label-smoothing: 0.2\n");
    assertThat(
            CommandRun.expecting(
                    0, train(TrainingObjective.KTO, "--reference-model", "/held", "--print-config"))
                .output())
        .contains("  reference: /held\n");
  }

  @ParameterizedTest
  @EnumSource(names = {"SFT", "REWARD", "ORPO", "CPO", "SIMPO"})
  void whatHasNoReferenceRefusesOne(TrainingObjective objective) {
    CommandRun refused = CommandRun.expecting(2, train(objective, "--reference-model", "/held"));
    assertThat(refused.errors()).contains("--reference-model");
  }
}
