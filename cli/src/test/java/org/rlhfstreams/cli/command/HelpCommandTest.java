package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.rlhfstreams.service.objective.TrainingObjective;

/** Whoever names no command gets the list of them. */
final class HelpCommandTest {
  @Test
  void withoutACommandTheCommandsAreListed() {
    for (CommandRun run :
        new CommandRun[] {CommandRun.expecting(2), CommandRun.expecting(0, "help")}) {
      assertThat(run.output() + run.errors())
          .contains("rollout-worker", "train", "doctor", "model", "status", "help")
          .contains("Checks this machine");
    }
    assertThat(CommandRun.expecting(2, "model").errors()).contains("serve", "merge-lora", "Serves");
  }

  @Test
  void withoutAnObjectiveTheObjectivesAreListed() {
    for (CommandRun run :
        new CommandRun[] {
          CommandRun.expecting(2, "train"), CommandRun.expecting(0, "help", "train")
        }) {
      for (TrainingObjective objective : TrainingObjective.values()) {
        assertThat(run.output() + run.errors()).containsPattern("\n +" + objective.text() + " ");
      }
    }
  }

  @Test
  void helpOfACommandIsItsHelp() {
    assertThat(CommandRun.expecting(0, "help", "train", "dpo").output())
        .isEqualTo(CommandRun.expecting(0, "train", "dpo", "--help").output())
        .contains("--loss-type");
    assertThat(CommandRun.expecting(2, "help", "trian").errors())
        .contains("rlhf has no trian: did you mean train?");
    assertThat(CommandRun.expecting(2, "help", "generate", "text").errors())
        .contains("rlhf generate has no commands");
  }
}
