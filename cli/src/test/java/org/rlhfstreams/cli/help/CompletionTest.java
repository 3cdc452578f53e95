package org.rlhfstreams.cli.help;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.cli.command.RlhfCommand;

/** A shell that has read the script completes what a user begins. */
final class CompletionTest {
  private static final String OFFER =
      """
      compopt() { :; } # bash has it while it completes
      source "$1"; shift
      COMP_WORDS=(rlhf "$@"); COMP_CWORD=$#; COMP_LINE="rlhf $*"; COMP_POINT=${#COMP_LINE}
      _complete_rlhf rlhf "${!#}" rlhf
      printf '%s\\n' "${COMPREPLY[@]}"
      """;

  @TempDir private Path directory;

  private static String script(String shell) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      assertThat(RlhfCommand.commandLine().execute("completion", shell)).isEqualTo(0);
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What bash offers behind some words, of which the last is not finished. */
  private static List<String> offered(Path script, String... words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", "-c", OFFER, "completion"));
    command.add(script.toString());
    command.addAll(Arrays.asList(words));
    Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines =
        new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertThat(bash.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return lines;
  }

  @Test
  void bashCompletesCommandsOptionsAndValues() throws Exception {
    Path script = Files.writeString(directory.resolve("rlhf.bash"), script("bash"));
    assertThat(offered(script, "tra")).contains("train", "trace").doesNotContain("status");
    assertThat(offered(script, "train", "d")).contains("dpo", "dr-grpo").doesNotContain("ppo");
    assertThat(offered(script, "train", "dpo", "--lora"))
        .contains("--lora-rank", "--lora-alpha", "--lora-target-modules")
        .doesNotContain("--learning-rate");
    assertThat(offered(script, "train", "dpo", "--lr-scheduler-type", ""))
        .contains("constant", "linear", "cosine");
    assertThat(offered(script, "train", "sapo", "--critic-free.sapo"))
        .contains("--critic-free.sapo-temperature-pos")
        .doesNotContain("--ppo.clip");
    assertThat(offered(script, "status", "--lea")).doesNotContain("--learning-rate");
  }

  @Test
  void zshIsToldToTakeIt() {
    assertThat(script("zsh")).contains("autoload -U +X compinit", "bashcompinit", "_complete_rlhf");
  }
}
