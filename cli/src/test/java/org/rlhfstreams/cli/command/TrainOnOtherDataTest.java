package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run goes on with the rows that it began with, and with no others. */
@Tag("slow")
final class TrainOnOtherDataTest {
  @TempDir private Path directory;

  private Path pairs(String name, int first) throws IOException {
    return Files.write(
        directory.resolve(name),
        IntStream.range(first, first + 16)
            .mapToObj(
                i ->
                    String.format(
                        Locale.ROOT,
                        "{\"prompt\": \"Item %d\", \"chosen\": \" is nice.\", \"rejected\": \" is bad.\"}",
                        i))
            .toList());
  }

  private CommandRun dpo(int code, int steps, String... data) {
    List<String> arguments = new ArrayList<>(List.of("train", "dpo", "--model", STARTER));
    arguments.addAll(List.of("--output", directory.resolve("run").toString()));
    arguments.addAll(List.of("--batch-size", "4", "--max-steps", String.valueOf(steps)));
    arguments.addAll(Arrays.asList(data));
    return CommandRun.expecting(code, arguments.toArray(String[]::new));
  }

  private List<String> metrics() throws IOException {
    return Files.readAllLines(directory.resolve("run").resolve("metrics.jsonl"));
  }

  @Test
  void otherPairsAreRefusedAndTheSameFromAnotherPlaceAreNot() throws IOException {
    assertThat(dpo(2, 1).errors()).contains("--data is missing");

    Path mine = pairs("mine.jsonl", 0);
    dpo(0, 1, "--data", mine.toString());

    Path others = pairs("others.jsonl", 100);
    assertThat(dpo(1, 2, "--data", others.toString()).errors())
        .contains("--data " + others + " has other rows than this run")
        .contains("log holds 16 rows of mine.jsonl")
        .contains("0 of the 16 rows of --data are among them")
        .contains("in another --output", "leave --data out");
    assertThat(dpo(1, 2, "--data", directory.resolve("none.jsonl").toString()).errors())
        .contains("none.jsonl does not exist")
        .contains("log holds 16 rows of mine.jsonl", "leave --data out");
    Files.write(others, Files.readAllLines(mine).subList(0, 8));
    assertThat(dpo(1, 2, "--data", others.toString()).errors())
        .contains("8 of the 8 rows of --data are among them");
    assertThat(metrics()).hasSize(1);

    dpo(0, 2, "--data", mine.toString());
    Path moved = Files.move(mine, directory.resolve("moved.jsonl"));
    dpo(0, 3, "--data", moved.toString());
    dpo(0, 4);
    assertThat(dpo(0, 4).output()).contains("already finished: all 4 steps are done");
    assertThat(dpo(1, 5, "--learning-rate", "1e-3", "--preference.beta", "0.2").errors())
        .contains("was begun otherwise", "learner.learning-rate was 1.0E-5, and is 0.001")
        .contains("preference.beta was 0.1, and is 0.2");
    assertThat(metrics()).hasSize(4);
  }

  @Test
  void otherPromptsAreRefused() throws IOException {
    Path mine = Files.write(directory.resolve("mine.txt"), List.of("Once", "Tom had", "Once"));
    assertThat(ppo(2, 1).errors()).contains("--data is missing");
    ppo(0, 1, "--data", mine.toString());
    Path others = Files.write(directory.resolve("others.txt"), List.of("Once", "Lily saw"));
    assertThat(ppo(1, 2, "--data", others.toString()).errors())
        .contains("--data " + others + " has other rows than this run")
        .contains("log holds 3 rows of mine.txt")
        .contains("1 of the 2 rows of --data are among them");
    ppo(0, 2);
    assertThat(metrics()).hasSize(2);
  }

  @Test
  void heldOutPromptsAndTheIntervalOfEvaluationsGoTogether() throws IOException {
    String mine = Files.write(directory.resolve("mine.txt"), List.of("Once")).toString();
    assertThat(ppo(2, 1, "--data", mine, "--evaluate-every", "2").errors())
        .contains("learner.evaluate-every = 2", "give --evaluation-prompts FILE");
    assertThat(ppo(2, 1, "--data", mine, "--evaluation-prompts", mine).errors())
        .contains("learner.evaluate-every is 0", "set --evaluate-every");
  }

  private CommandRun ppo(int code, int steps, String... data) {
    List<String> arguments = new ArrayList<>(List.of("train", "ppo", "--model", STARTER));
    arguments.addAll(List.of("--reward-model", STARTER + "-reward"));
    arguments.addAll(List.of("--output", directory.resolve("run").toString()));
    arguments.addAll(List.of("--batch-size", "4", "--max-steps", String.valueOf(steps)));
    arguments.addAll(List.of("--sampling.max-new-tokens", "4", "--ppo.epochs", "1"));
    arguments.addAll(Arrays.asList(data));
    return CommandRun.expecting(code, arguments.toArray(String[]::new));
  }
}
