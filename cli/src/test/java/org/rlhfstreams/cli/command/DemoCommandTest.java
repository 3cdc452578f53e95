package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which demo a command line asks for, and what it would run with. */
final class DemoCommandTest {
  @Test
  void theVerifiableOneHasRulesAndNoRewardModel() {
    String configuration =
        CommandRun.expecting(0, "demo", "--verifiable", "--seed", "3", "--print-config").output();
    assertThat(configuration)
        .contains("objective: grpo", "models/starter", "contains", "repetition", "metadata: animal")
        .doesNotContain("starter-reward", "reward-model");
    assertThat(CommandRun.expecting(0, "demo", "--print-config").output())
        .contains("objective: ppo", "starter-reward");
  }

  @Test
  void twoDemosAtOnceAreRefused() {
    assertThat(CommandRun.expecting(2, "demo", "--verifiable", "--people").errors())
        .contains("--people and --verifiable are two demos: give one of them");
  }
}
