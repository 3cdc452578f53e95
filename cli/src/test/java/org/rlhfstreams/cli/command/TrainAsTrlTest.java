package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole trainings, from the file to metrics.jsonl, against TRL's without shuffling. */
@Tag("slow")
final class TrainAsTrlTest {
  private static final Path GOLDENS = Path.of("../learner/src/test/resources/goldens/objectives");
  private static final String UNMARKED = "{% for m in messages %}{{ m.content }}{% endfor %}";

  @TempDir private Path directory;

  private static JsonNode goldens() throws IOException {
    return new ObjectMapper().readTree(GOLDENS.resolve("conversations.json").toFile());
  }

  private static JsonNode golden(String name) throws IOException {
    for (JsonNode set : goldens().get("sets")) {
      if (set.get("name").asText().equals(name)) {
        return set;
      }
    }
    throw new IllegalArgumentException(name);
  }

  private Path model(String template) throws IOException {
    Path model = Files.createDirectories(directory.resolve("model-given"));
    for (String file :
        List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
      Files.copy(GOLDENS.resolve("policy").resolve(file), model.resolve(file));
    }
    if (template != null) {
      Files.writeString(model.resolve("chat_template.jinja"), template);
    }
    return model;
  }

  private Path rows(JsonNode golden) throws IOException {
    List<String> rows = new ArrayList<>();
    golden.get("rows").forEach(row -> rows.add(row.toString()));
    return Files.write(directory.resolve("rows.jsonl"), rows);
  }

  private CommandRun train(int code, String objective, Path model, Path rows, String... more) {
    List<String> arguments = new ArrayList<>(List.of("train", objective));
    arguments.addAll(List.of("--model", model.toString(), "--data", rows.toString()));
    arguments.addAll(List.of("--output", directory.resolve("run").toString()));
    arguments.addAll(List.of("--max-steps", "5", "--learning-rate", "1e-3"));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.expecting(code, arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "kto-texts-in-batches, --batch-size 3 --reference-model REFERENCE --no-shuffle",
    "kto-pairs-in-batches, --batch-size 6 --reference-model REFERENCE --no-shuffle",
    "dpo-texts-in-batches, --batch-size 3 --reference-model REFERENCE --no-shuffle",
    "sft-assistant-tools, --batch-size 3 --assistant-only-loss",
  })
  void lossesAreThoseOfTrl(String name, String flags) throws IOException {
    JsonNode golden = golden(name);
    Path model =
        model(goldens().get("templates").path(golden.get("template").asText()).textValue());
    String reference = GOLDENS.resolve("reference").toString();
    train(
        0,
        golden.get("objective").asText(),
        model,
        rows(golden),
        flags.replace("REFERENCE", reference).split(" ", -1));
    List<String> lines = Files.readAllLines(directory.resolve("run/metrics.jsonl"));
    assertThat(lines).hasSizeGreaterThanOrEqualTo(5);
    for (int i = 0; i < 5; i++) {
      double loss = golden.get("steps").get(i).get("loss").asDouble();
      assertThat(new ObjectMapper().readTree(lines.get(i)).get("loss").asDouble())
          .as("step %d", i + 1)
          .isCloseTo(loss, within(1e-4 * loss));
    }
  }

  @Test
  void whatCannotBeLearnedAloneIsRefusedBeforeAnythingStarts() throws IOException {
    Path model = model(UNMARKED);
    Path conversations = rows(golden("sft-whole"));
    assertThat(train(1, "sft", model, conversations, "--assistant-only-loss").errors())
        .contains("does not mark what the assistant says", "{% generation %}")
        .doesNotContain("\tat ");
    assertThat(train(2, "dpo", model, conversations, "--assistant-only-loss").errors())
        .contains("learner.assistant-only-loss is for sft; dpo learns whole responses");
    Files.writeString(
        model.resolve("chat_template.jinja"), goldens().get("templates").get("chatml").asText());
    Path texts = Files.writeString(directory.resolve("texts.jsonl"), "{\"text\": \"Once.\"}");
    assertThat(train(1, "sft", model, texts, "--assistant-only-loss").errors())
        .contains("none of the 1 rows is one: give them messages");
    assertThat(directory.resolve("run")).doesNotExist();
  }
}
