package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorType;
import picocli.CommandLine;

/** A shape becomes a model that everything else can load. */
final class ModelCreateCommandTest {
  private static final Path STARTER = Path.of("..", "models", "starter");

  @TempDir private Path temporary;
  private Path shape;

  @BeforeEach
  void makeShape() throws IOException {
    shape = Files.createDirectory(temporary.resolve("shape"));
    for (String file : new String[] {"config.json", "tokenizer.json", "tokenizer_config.json"}) {
      Files.copy(STARTER.resolve(file), shape.resolve(file));
    }
  }

  private static String run(int expected, String... arguments) {
    StringWriter errors = new StringWriter();
    CommandLine line = RlhfCommand.commandLine().setErr(new PrintWriter(errors, true));
    assertThat(line.execute(arguments)).as(errors.toString()).isEqualTo(expected);
    return errors.toString();
  }

  private ModelDirectory create(String name, String... more) {
    Path output = temporary.resolve(name);
    String[] arguments = new String[6 + more.length];
    System.arraycopy(
        new String[] {"model", "create", "--from", shape + "", "--output", output + ""},
        0,
        arguments,
        0,
        6);
    System.arraycopy(more, 0, arguments, 6, more.length);
    run(0, arguments);
    return ModelDirectory.open(output);
  }

  @Test
  void theSameSeedGivesTheSameModelAndAnotherAnother() {
    String norm = "model.norm.weight";
    String matrix = "model.layers.0.mlp.down_proj.weight";
    ModelDirectory first = create("first");
    assertThat(create("again").readTensor(matrix)).isEqualTo(first.readTensor(matrix));
    assertThat(create("other", "--seed", "1").readTensor(matrix))
        .isNotEqualTo(first.readTensor(matrix));
    assertThat(first.readTensor(norm)).containsOnly(1);
    assertThat(first.configuration()).isEqualTo(ModelDirectory.open(STARTER).configuration());
  }

  @Test
  void aRewardModelHasAScore() {
    ModelDirectory reward = create("reward", "--reward", "--dtype", "bfloat16");
    assertThat(reward.configuration().classifier()).isTrue();
    assertThat(reward.tensorType("score.weight")).isEqualTo(TensorType.BF16);
  }

  @Test
  void aVocabularyThatIsTooSmallForTheTokenizerIsRefused() throws IOException {
    Path config = shape.resolve("config.json");
    String text = Files.readString(config, StandardCharsets.UTF_8);
    Files.writeString(config, text.replaceFirst("\"vocab_size\" *: *\\d+", "\"vocab_size\": 100"));
    String output = temporary.resolve("output") + "";
    assertThat(run(1, "model", "create", "--from", shape + "", "--output", output))
        .contains("vocab_size 100", "not of one model")
        .doesNotContain("\tat ");
  }
}
