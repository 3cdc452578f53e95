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

/** A data set of which nothing can be learned is an error, and leaves nothing behind. */
@Tag("slow")
final class TrainOnNothingTest {
  @TempDir private Path directory;

  private Path output() {
    return directory.resolve("run");
  }

  private Path rows(String name, String row) throws IOException {
    return Files.write(
        directory.resolve(name),
        IntStream.range(0, 4).mapToObj(i -> String.format(Locale.ROOT, row, i)).toList());
  }

  private CommandRun train(int code, String objective, Path data, String... more) {
    List<String> arguments = new ArrayList<>(List.of("train", objective, "--model", STARTER));
    arguments.addAll(List.of("--output", output().toString(), "--data", data.toString()));
    arguments.addAll(List.of("--batch-size", "4"));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.expecting(code, arguments.toArray(String[]::new));
  }

  @Test
  void rowsOfAnotherKindAreRefusedBeforeAnythingStarts() throws IOException {
    Path demonstrations =
        rows("sft.jsonl", "{\"prompt\": \"Count to %d.\", \"completion\": \"one\"}");
    assertThat(train(1, "dpo", demonstrations).errors())
        .contains("dpo can learn from none of the 4 rows", "chosen and rejected")
        .doesNotContain("\tat ");
    assertThat(train(1, "reward", demonstrations).errors()).contains("none of the 4 rows");
    assertThat(train(1, "kto", demonstrations).errors()).contains("a label of each completion");
    Path labels =
        rows("kto.jsonl", "{\"prompt\": \"Say %d.\", \"completion\": \"one\", \"label\": true}");
    assertThat(train(1, "orpo", labels).errors()).contains("none of the 4 rows");
    assertThat(output()).doesNotExist();
  }

  @Test
  void rowsThatTheLearnerRefusesAllAreAnErrorAndNobodyElsesRows() throws IOException {
    Path pairs =
        rows("pairs.jsonl", "{\"prompt\": \"Say %d.\", \"chosen\": \"yes\", \"rejected\": \"no\"}");
    Path long4 =
        rows(
            "long.jsonl",
            "{\"prompt\": \"Say it "
                + "again ".repeat(60)
                + "%d.\", \"chosen\": \"yes\","
                + " \"rejected\": \"no\"}");
    assertThat(train(1, "dpo", long4, "--max-length", "16").errors())
        .contains("has nothing to learn from: all 4 records are refused")
        .doesNotContain("\tat ");
    assertThat(output().resolve("model")).doesNotExist();
    assertThat(output().resolve("log")).doesNotExist();
    assertThat(train(0, "dpo", pairs, "--max-steps", "1").output()).contains("step 1/1", "saved ");
  }
}
