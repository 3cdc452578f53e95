package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A system in one process goes on as it was begun, or says what differs. */
@Tag("slow")
final class UpOnOtherSettingsTest {
  @TempDir private Path directory;

  private Path settings;

  /** One as {@code --print-config} prints it: its broker is another one than the run's own. */
  @BeforeEach
  void settings() throws IOException {
    settings =
        Files.writeString(
            directory.resolve("settings.yaml"),
            "connection:\n  bootstrap-servers: 127.0.0.1:1\n  start-timeout: 5s\n");
  }

  private CommandRun up(int code, int steps, String... others) {
    List<String> arguments = new ArrayList<>(List.of("up", "--port", "0", "--registry-port", "0"));
    arguments.addAll(List.of("--data-directory", data().toString()));
    arguments.addAll(List.of("--model.policy", STARTER, "--model.reward", STARTER + "-reward"));
    arguments.addAll(List.of("--max-steps", String.valueOf(steps), "--ppo.epochs", "1"));
    arguments.addAll(List.of("--sampling.max-new-tokens", "4"));
    arguments.addAll(List.of("--config", settings.toString()));
    arguments.addAll(Arrays.asList(others));
    return CommandRun.expecting(code, arguments.toArray(String[]::new));
  }

  private Path data() {
    return directory.resolve("data");
  }

  private long steps() throws IOException {
    return Files.readAllLines(data().resolve("output").resolve("metrics.jsonl")).size();
  }

  @Test
  void whatDiffersIsNamedAndTheSameGoesOn() throws IOException {
    Path mine = Files.write(directory.resolve("mine.txt"), List.of("Once", "Tom had", "Lily"));
    up(0, 1, "--batch-size", "4", "--prompts", mine.toString());

    assertThat(up(1, 2, "--batch-size", "8").errors())
        .contains("was begun otherwise", "learner.batch-size was 4, and is 8")
        .contains("run.json");
    Path others = Files.write(directory.resolve("others.txt"), List.of("Once", "Sue"));
    assertThat(up(1, 2, "--batch-size", "4", "--prompts", others.toString()).errors())
        .contains("its prompts were " + mine, "and are " + others);
    assertThat(steps()).isEqualTo(1);

    Path moved = Files.move(mine, directory.resolve("moved.txt"));
    CommandRun same = up(0, 2, "--batch-size", "4", "--prompts", moved.toString());
    assertThat(same.output()).contains("going on", "published no prompts");
    up(0, 3, "--batch-size", "4");
    assertThat(steps()).isEqualTo(3);
  }
}
