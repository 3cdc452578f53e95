package org.rlhfstreams.cli.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.datasets.PromptDataset;
import org.rlhfstreams.service.configuration.RlhfConfiguration;

final class RunOriginTest {
  @TempDir private Path directory;
  private RunDirectory run;
  private Path model;

  @BeforeEach
  void makeModel() throws IOException {
    run = new RunDirectory(directory.resolve("run"));
    model = Files.createDirectories(directory.resolve("model"));
    Files.writeString(model.resolve("config.json"), "{}");
    Files.write(model.resolve("model.safetensors"), new byte[3_000_000]);
  }

  private void require(String objective, String... settings) {
    require(Optional.empty(), objective, settings);
  }

  private void require(Optional<RunPrompts> prompts, String objective, String... settings) {
    Map<String, String> all = new HashMap<>(run.ofLearner());
    all.put("learner.objective", objective);
    all.put("model.policy", model.toString());
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    RunOrigin.require(run, RlhfConfiguration.of(all), prompts);
  }

  private void begun(String objective, String... settings) throws IOException {
    require(objective, settings);
    Files.createDirectories(run.checkpoints());
  }

  @Test
  void theSameCommandGoesOn() throws IOException {
    begun("dpo", "learner.batch-size", "8");
    assertThatCode(() -> require("dpo", "learner.batch-size", "8")).doesNotThrowAnyException();
  }

  @Test
  void howLongItGoesOnAndWhatItWritesMayChange() throws IOException {
    begun("dpo", "learner.max-steps", "2");
    assertThatCode(
            () ->
                require(
                    "dpo",
                    "learner.max-steps",
                    "4",
                    "learner.epochs",
                    "3",
                    "learner.checkpoint-every",
                    "7",
                    "learner.micro-batch-tokens",
                    "512",
                    "model.device",
                    "cpu",
                    "ppo.clip",
                    "0.3"))
        .doesNotThrowAnyException();
  }

  @Test
  void eachSettingThatDecidesIsNamedWithBothValues() throws IOException {
    begun("dpo", "learner.batch-size", "8");
    assertThatThrownBy(() -> require("dpo", "learner.batch-size", "16", "preference.beta", "0.2"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("learner.batch-size was 8, and is 16")
        .hasMessageContaining("preference.beta was 0.1, and is 0.2")
        .hasMessageContaining("another directory");
  }

  @Test
  void anotherObjectiveIsNamed() throws IOException {
    begun("dpo");
    assertThatThrownBy(() -> require("kto"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("it is a run of dpo, and this is kto");
  }

  @Test
  void aModelIsToldByWhatItHolds() throws IOException {
    begun("dpo");
    Path moved = Files.move(model, directory.resolve("moved"));
    model = moved;
    assertThatCode(() -> require("dpo")).doesNotThrowAnyException();

    byte[] weights = new byte[3_000_000];
    weights[1] = 1;
    Files.write(model.resolve("model.safetensors"), weights);
    assertThatThrownBy(() -> require("dpo"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("the policy model was");
  }

  @Test
  void whatFailedBeforeItsFirstCheckpointHasDecidedNothing() throws IOException {
    require("dpo", "learner.batch-size", "8");
    begun("dpo", "learner.batch-size", "16");
    assertThatThrownBy(() -> require("dpo", "learner.batch-size", "8"))
        .hasMessageContaining("learner.batch-size was 16, and is 8");
  }

  @Test
  void aRunOfAnEarlierReleaseDecidesWithItsNextCommand() throws IOException {
    Files.createDirectories(run.checkpoints());
    begun("dpo", "learner.batch-size", "8");
    assertThatThrownBy(() -> require("dpo", "learner.batch-size", "16"))
        .isInstanceOf(CommandException.class);
  }

  @Test
  void aFileThatCannotBeReadSaysWhatToDo() throws IOException {
    begun("dpo");
    Files.write(run.path().resolve("run.json"), "{".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> require("dpo"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("run.json")
        .hasMessageContaining("remove it");
  }

  private RunPrompts prompts(String name, String... lines) throws IOException {
    Path file = Files.write(directory.resolve(name), List.of(lines));
    return RunPrompts.of(new PromptDataset(List.of(file), Map.of()));
  }

  @Test
  void otherPromptsAreNamedAndTheSameElsewhereAreNot() throws IOException {
    require(Optional.of(prompts("mine.txt", "Once", "Tom had")), "ppo");
    Files.createDirectories(run.checkpoints());

    Optional<RunPrompts> renamed = Optional.of(prompts("moved.txt", "Once", "Tom had"));
    assertThatCode(() -> require(renamed, "ppo")).doesNotThrowAnyException();
    assertThatCode(() -> require("ppo")).doesNotThrowAnyException();

    Optional<RunPrompts> more = Optional.of(prompts("more.txt", "Once", "Tom had", "Lily"));
    assertThatThrownBy(() -> require(more, "ppo"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("mine.txt (2 in all), and are ")
        .hasMessageContaining("more.txt (3 in all)")
        .hasMessageContaining("leave --prompts out")
        .hasMessageContaining("rlhf prompts import");
  }

  @Test
  void promptsThatALogMayHaveAreDecidedBeforeTheFirstCheckpoint() throws IOException {
    require(Optional.of(prompts("mine.txt", "Once")), "ppo", "learner.batch-size", "8");
    Files.createDirectories(run.log());
    Optional<RunPrompts> others = Optional.of(prompts("others.txt", "Lily"));
    assertThatThrownBy(() -> require(others, "ppo"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("mine.txt (1 in all)");
    // Without --prompts the first ones stay; settings are not decided yet.
    require("ppo", "learner.batch-size", "16");
    assertThatThrownBy(() -> require(others, "ppo")).isInstanceOf(CommandException.class);
  }
}
