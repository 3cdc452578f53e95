package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ModelInfoCommandTest {
  private static final Path STARTER = Path.of("..", "models", "starter");
  private static final int EMBEDDINGS = 2048 * 160;
  private static final int PARAMETERS =
      EMBEDDINGS + 5 * (2 * 160 + 4 * 160 * 160 + 3 * 160 * 432) + 160;

  @TempDir private Path temporary;

  private static String info(int expected, Path model, String... more) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StringWriter errors = new StringWriter();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      CommandLine line = RlhfCommand.commandLine().setErr(new PrintWriter(errors, true));
      String[] arguments =
          Stream.concat(Stream.of("model", "info", "--model", model + ""), Stream.of(more))
              .toArray(String[]::new);
      assertThat(line.execute(arguments)).as(errors.toString()).isEqualTo(expected);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8) + errors;
  }

  private static JsonNode json(String... more) throws IOException {
    String[] all = Stream.concat(Stream.of("--json"), Stream.of(more)).toArray(String[]::new);
    return new ObjectMapper().readTree(info(0, STARTER, all));
  }

  @Test
  void aModelIsDescribed() throws IOException {
    assertThat(info(0, STARTER))
        .contains("LlamaForCausalLM")
        .contains(
            String.format(Locale.ROOT, "%,d, of which %,d are embeddings", PARAMETERS, EMBEDDINGS))
        .contains("5 layers of 160, 5 heads, 5 for keys and values")
        .contains("context        512 tokens")
        .contains("stored as      bfloat16")
        .contains(
            String.format(
                Locale.ROOT,
                "model.safetensors: %,d bytes",
                Files.size(STARTER.resolve("model.safetensors"))))
        .contains("stop tokens    0")
        .contains("8 rows of 512 tokens")
        .contains("generate bfloat16")
        .contains("train LoRA 8, bfloat16, checkpointing");
  }

  @Test
  void jsonHoldsTheSameAndItsPartsAddUp() throws IOException {
    JsonNode json = json();
    assertThat(json.get("parameters").asLong()).isEqualTo(PARAMETERS);
    assertThat(json.get("dtype").asText()).isEqualTo("bfloat16");
    assertThat(json.get("stop_tokens").get(0).asInt()).isZero();
    assertThat(json.get("memory").size()).isEqualTo(10);
    for (JsonNode task : json.get("memory")) {
      long parts = 0;
      for (JsonNode value : task) {
        parts += value.asLong(); // the peak is one of them, and the phase's name counts as 0
      }
      assertThat(parts).isEqualTo(2 * task.get("peak").asLong());
    }
  }

  @Test
  void optionsChangeThePrediction() throws IOException {
    JsonNode usual = json().get("memory");
    JsonNode larger = json("--batch-size", "64", "--tokens", "100").get("memory");
    assertThat(larger.at("/generate float32/peak").asLong())
        .isNotEqualTo(usual.at("/generate float32/peak").asLong());
    JsonNode ranked = json("--lora-rank", "64").get("memory");
    assertThat(ranked.at("/train LoRA 64, bfloat16/optimizer").asLong())
        .isEqualTo(8 * usual.at("/train LoRA 8, bfloat16/optimizer").asLong());
  }

  @Test
  void whatCannotBeSaidIsRefusedWithoutAStackTrace() throws IOException {
    assertThat(info(1, STARTER, "--tokens", "513")).contains("this model takes 2 to 512");
    assertThat(info(1, STARTER, "--batch-size", "0")).contains("--batch-size");
    Files.copy(STARTER.resolve("config.json"), temporary.resolve("config.json"));
    assertThat(info(1, temporary))
        .contains("model.safetensors")
        .contains("fetch them")
        .doesNotContain("\tat ");
  }
}
