package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChatCommandTest {
  @TempDir private Path directory;

  private static List<String> talk(String model, String typed) {
    return CommandRun.typing(
            typed, 0, "chat", "--model", model, "--max-new-tokens", "8", "--temperature", "0")
        .output()
        .lines()
        .toList();
  }

  @Test
  void answersDependOnWhatWasSaidUntilAReset() {
    List<String> said =
        talk(STARTER, "Tell me a story.\nTell me a story.\n/reset\nTell me a story.\n");
    assertThat(said).hasSizeGreaterThanOrEqualTo(5);
    assertThat(said.get(0)).contains("/reset", "/exit");
    int reset = said.indexOf("(started again)");
    assertThat(said.subList(reset + 1, said.size()))
        .as("after a reset, all is as at first")
        .isEqualTo(said.subList(1, said.size() - reset));
  }

  @Test
  void exitEndsItBeforeTheInputDoes() {
    assertThat(talk(STARTER, "/exit\nTell me a story.\n")).hasSize(1);
  }

  @Test
  void aConversationThatHasBecomeTooLongGoesOnAfterAReset() {
    List<String> said = talk(STARTER, "story ".repeat(600) + "\n/reset\nTell me a story.\n");
    assertThat(said.get(1)).contains("shorten it", "/reset starts again");
    assertThat(said).hasSizeGreaterThan(3);
  }

  @Test
  void withoutATemplateItContinuesPlainText() throws IOException {
    Path model = Files.createDirectory(directory.resolve("plain"));
    for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.copy(Path.of(STARTER, file), model.resolve(file));
    }
    List<String> said = talk(model.toString(), "Once upon a time\n");
    assertThat(said.get(0)).contains("no chat template");
    String continued =
        CommandRun.expecting(
                0,
                "generate",
                "--model",
                STARTER,
                "--prompt",
                "Once upon a time",
                "--max-tokens",
                "8",
                "--temperature",
                "0")
            .output();
    assertThat("Once upon a time" + said.get(1)).startsWith(continued.stripTrailing());
  }
}
