package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.files.TensorType;
import picocli.CommandLine;

final class ModelConvertCommandTest {
  private static final Path STARTER = Path.of("..", "models", "starter");

  @TempDir private Path temporary;

  private static String run(int expected, String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StringWriter errors = new StringWriter();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      CommandLine line = RlhfCommand.commandLine().setErr(new PrintWriter(errors, true));
      assertThat(line.execute(arguments)).as(errors.toString()).isEqualTo(expected);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8) + errors;
  }

  private static String convert(int expected, Path model, Path output, String... more) {
    return run(
        expected,
        Stream.concat(
                Stream.of("model", "convert", "--model", model + "", "--output", output + ""),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void withoutAChangeItIsACopy() throws IOException {
    Path copy = temporary.resolve("copy");
    String said = convert(0, STARTER, copy);
    assertThat(files(copy)).isNotEmpty();
    long bytes = 0;
    for (Path file : files(copy)) {
      assertThat(file).hasSameBinaryContentAs(STARTER.resolve(file.getFileName()));
      assertThat(said).contains("  " + file.getFileName() + System.lineSeparator());
      bytes += Files.size(file);
    }
    assertThat(copy.resolve("tokenizer.json")).exists();
    assertThat(said)
        .contains("wrote " + copy + ": " + String.format(Locale.ROOT, "%,d bytes", bytes));
  }

  @Test
  void aModelIsConvertedAndSplit() {
    Path half = temporary.resolve("half");
    String said = convert(0, STARTER, half, "--dtype", "float16", "--max-shard-size", "1MB");
    assertThat(said).contains("model-00001-of-0000").contains("model.safetensors.index.json");
    ModelDirectory model = ModelDirectory.open(half);
    assertThat(model.tensorType(model.expectedTensors().get(0).name())).isEqualTo(TensorType.F16);
    assertThat(half.resolve("config.json")).content().contains("\"float16\"");
  }

  @Test
  void whatCannotBeDoneIsSaidWithoutAStackTrace() {
    assertThat(convert(1, STARTER, STARTER))
        .contains("is the model itself")
        .doesNotContain("\tat ");
    assertThat(convert(1, Path.of("org", "absent"), temporary.resolve("a")))
        .contains("hf download org/absent")
        .doesNotContain("\tat ");
    assertThat(convert(2, STARTER, temporary.resolve("a"), "--dtype", "int4"))
        .contains("--dtype")
        .contains("float32, bfloat16, float16");
    assertThat(convert(2, STARTER, temporary.resolve("a"), "--max-shard-size", "huge"))
        .contains("--max-shard-size")
        .contains("such as 5GB");
    assertThat(run(2, "model"))
        .contains("say model info, create, convert, export, merge-lora or serve");
    assertThat(temporary.resolve("a")).doesNotExist();
  }
}
