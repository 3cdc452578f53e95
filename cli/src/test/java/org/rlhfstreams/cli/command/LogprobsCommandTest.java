package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogprobsCommandTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path directory;

  private List<JsonNode> score(List<String> lines, String batchSize) throws IOException {
    Path data = Files.write(directory.resolve("data.jsonl"), lines);
    Path output = directory.resolve("output.jsonl");
    CommandRun run =
        CommandRun.expecting(
            0,
            "logprobs",
            "--model",
            STARTER,
            "--data",
            data.toString(),
            "--output",
            output.toString(),
            "--dtype",
            "float32",
            "--batch-size",
            batchSize);
    assertThat(run.errors()).contains("logprobs: " + lines.size() + " lines");
    List<JsonNode> results = new ArrayList<>();
    for (String line : Files.readAllLines(output)) {
      results.add(MAPPER.readTree(line));
    }
    return results;
  }

  @Test
  void whatWasGeneratedScoresAsItWasDrawn() throws IOException {
    Path data = Files.writeString(directory.resolve("prompt.jsonl"), "{\"ids\":[5,9,11]}\n");
    JsonNode generated =
        MAPPER.readTree(
            CommandRun.expecting(
                    0,
                    "generate",
                    "--model",
                    STARTER,
                    "--data",
                    data.toString(),
                    "--dtype",
                    "float32",
                    "--max-new-tokens",
                    "20")
                .output());
    ObjectNode whole = MAPPER.createObjectNode().put("id", "a");
    ArrayNode ids = whole.putArray("ids").add(5).add(9).add(11);
    generated.get("ids").forEach(ids::add);
    JsonNode scored = score(List.of(whole.toString()), "64").get(0);
    assertThat(scored.get("id").asText()).isEqualTo("a");
    assertThat(scored.get("ids")).hasSize(22);
    for (int t = 0; t < 20; t++) {
      assertThat(scored.get("log_probabilities").get(t + 2).asDouble())
          .isCloseTo(generated.get("log_probabilities").get(t).asDouble(), within(1e-4));
    }
  }

  @Test
  void onlyTheResponseIsScoredWhateverTheBatch() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      lines.add(
          String.format(
              Locale.ROOT,
              "{\"id\":%d,\"prompt\":\"Once upon a time\",\"response\":\", there was a %s\"}",
              i,
              "big ".repeat(i + 1)));
    }
    List<JsonNode> results = score(lines, "3");
    assertThat(results).hasSize(7);
    for (int i = 0; i < 7; i++) {
      JsonNode result = results.get(i);
      assertThat(result.get("id").asInt()).isEqualTo(i);
      double sum = 0;
      for (JsonNode value : result.get("log_probabilities")) {
        assertThat(value.asDouble()).isNegative();
        sum += value.asDouble();
      }
      assertThat(result.get("sum").asDouble()).isCloseTo(sum, within(1e-6));
      assertThat(result.get("mean").asDouble())
          .isCloseTo(sum / result.get("ids").size(), within(1e-6));
    }
    JsonNode alone = score(lines.subList(4, 5), "64").get(0);
    assertThat(alone.get("sum").asDouble())
        .isCloseTo(results.get(4).get("sum").asDouble(), within(1e-3));
    assertThat(alone.get("ids")).isEqualTo(results.get(4).get("ids"));
  }

  @Test
  void aBadLineIsNamed() throws IOException {
    assertBad("{\"ids\":[5]}", "line 2: ids has 1 tokens: give at least 2");
    assertBad("{\"prompt\":\"x\"}", "line 2: expected ids");
    assertBad("{\"prompt\":\"x\",\"response\":\"\"}", "line 2: response is empty");
    assertBad("{\"ids\":[5,4000]}", "line 2: token id 4000 at index 1");
    assertBad("{\"prompt\":\"x\",\"response\":\"%s\"}".formatted("a b ".repeat(600)), "shorten it");
  }

  @Test
  void aFileIsNotWrittenWhileItIsReadAndKeptWhereItIsBad() throws IOException {
    Path data = Files.write(directory.resolve("data.jsonl"), List.of("{\"ids\":[5,9]}"));
    assertThat(logprobs(data, data).errors()).contains("name another --output");
    assertThat(data).hasContent("{\"ids\":[5,9]}");
    Path bad = Files.write(directory.resolve("bad.jsonl"), List.of("{}"));
    Path earlier = Files.writeString(directory.resolve("earlier.jsonl"), "earlier results");
    assertThat(logprobs(bad, earlier).errors()).contains("bad.jsonl, line 1");
    assertThat(earlier).hasContent("earlier results");
  }

  private static CommandRun logprobs(Path data, Path output) {
    return CommandRun.expecting(
        1,
        "logprobs",
        "--model",
        STARTER,
        "--data",
        data.toString(),
        "--output",
        output.toString());
  }

  private void assertBad(String line, String reason) throws IOException {
    Path data = Files.write(directory.resolve("bad.jsonl"), List.of("{\"ids\":[5,9]}", line));
    CommandRun run = logprobs(data, directory.resolve("none.jsonl"));
    assertThat(run.errors()).contains("bad.jsonl, line 2", reason);
  }
}
