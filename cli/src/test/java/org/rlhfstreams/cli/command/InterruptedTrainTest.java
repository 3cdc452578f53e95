package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.cli.Main;

/** Two runs in one directory, and Ctrl-C twice: nothing is lost, and both are told what to do. */
@Tag("slow")
final class InterruptedTrainTest {
  @TempDir private Path directory;

  private List<String> train() throws IOException {
    Path data = directory.resolve("texts.jsonl");
    Files.writeString(data, "{\"text\": \"Once upon a time\"}\n{\"text\": \"The fox\"}\n");
    List<String> words = new ArrayList<>(List.of("train", "sft", "--model", STARTER));
    words.addAll(List.of("--data", data.toString(), "--batch-size", "1"));
    words.addAll(List.of("--output", directory.resolve("run").toString()));
    words.addAll(List.of("--epochs", "100000", "--max-steps", "100000"));
    return words;
  }

  private Process start(List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "--default-signal=INT", // a build in the background ignores it, and so would this
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static void interrupt(Process process) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
  }

  @Test
  void theSecondRunIsRefusedAndTheSecondCtrlCChangesNothing() throws Exception {
    Process first = start(train());
    List<String> said = new ArrayList<>();
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(first.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        said.add(line);
        if (line.startsWith("step 2/")) {
          CommandRun second = CommandRun.expecting(1, train().toArray(String[]::new));
          assertThat(second.errors())
              .contains("another process is at work in", "run/log", "name another directory")
              .doesNotContain("\tat ", "a fault of");
          interrupt(first);
          interrupt(first);
        }
      }
    } finally {
      first.destroyForcibly();
    }
    assertThat(first.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(first.exitValue()).isEqualTo(130);
    assertThat(String.join("\n", said))
        .containsOnlyOnce("interrupted: closing, which takes")
        .contains("stopped after a checkpoint; the same command continues")
        .doesNotContain("\tat ");
  }
}
