package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The rules as commands, and what is not taken from a command line. */
final class TopicsAclsCommandTest {
  @Test
  void aRolesRulesAreCommandsForItsPrincipalAndPrefix() {
    CommandRun run =
        CommandRun.expecting(
            0,
            "topics",
            "acls",
            "--role",
            "annotator",
            "--principal",
            "annotator=User:CN=people",
            "--topic-prefix",
            "mine.",
            "--bootstrap-servers",
            "broker:9093",
            "--command-config",
            "admin.properties");
    String client =
        "kafka-acls.sh --bootstrap-server broker:9093 --command-config admin.properties";
    String allow = client + " --add --allow-principal 'User:CN=people'";
    assertThat(run.output().lines())
        .containsExactly(
            "# annotator",
            allow + " --operation Read --operation DescribeConfigs --topic 'mine.comparisons'",
            allow + " --operation Write --operation DescribeConfigs --topic 'mine.judgements'",
            allow + " --operation Write --operation DescribeConfigs --topic 'mine.preferences'",
            allow + " --operation Write --operation DescribeConfigs --topic 'mine.dead-letters'");
  }

  @Test
  void anExternalScorerHasTheGroupOfItsNameAlone() {
    String rewards =
        "[{name: helpful, scorer: reward-model}, {name: polite, scorer: external}, {name: mine, scorer:"
            + " external}]";
    CommandRun run =
        CommandRun.expecting(
            0,
            "topics",
            "acls",
            "--role",
            "external-scorer",
            "--scorer",
            "polite",
            "--bootstrap-servers",
            "broker:9093",
            "--rewards.list",
            rewards);
    String allow =
        "kafka-acls.sh --bootstrap-server broker:9093 --add --allow-principal 'User:external-scorer'"
            + " --operation ";
    assertThat(run.output().lines())
        .containsExactly(
            "# external-scorer",
            allow + "Read --topic 'rlhf.rollouts'",
            allow + "Write --topic 'rlhf.scores'",
            allow + "Read --group 'rlhf.scorer-polite'");
    assertThat(
            CommandRun.expecting(
                    1, "topics", "acls", "--scorer", "helpful", "--rewards.list", rewards)
                .errors())
        .contains("no external scorer helpful under rewards; there are polite, mine");
    assertThat(CommandRun.expecting(1, "topics", "acls", "--role", "external-scorer").errors())
        .contains("rewards have no external scorer");
    assertThat(CommandRun.expecting(0, "topics", "acls").output())
        .contains("# reward-service", "# operator")
        .doesNotContain("external-scorer");
  }

  @Test
  void aSecretIsRefusedOnTheCommandLineAndNotRepeated() {
    assertThat(
            CommandRun.expecting(2, "learner", "--set", "kafka.ssl.key.password=hunter2").errors())
        .contains("RLHF_KAFKA_SSL_KEY_PASSWORD")
        .doesNotContain("hunter2");
    assertThat(CommandRun.expecting(2, "learner", "--kafka.ssl.key.password", "hunter2").errors())
        .contains("--set KEY=VALUE")
        .doesNotContain("hunter2");
  }
}
