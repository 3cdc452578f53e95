package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EvaluateCommandTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String REWARD = "../models/starter-reward";
  private static final List<String> PAIRS =
      List.of(
          "{\"prompt\": \"Once upon a time\", \"chosen\": \", a happy girl smiled and laughed.\","
              + " \"rejected\": \", a sad girl cried alone.\"}",
          "{\"prompt\": \"Tom had a dog.\", \"chosen\": \" They were happy and loved to play.\","
              + " \"rejected\": \" The dog was lost and Tom was sad.\"}",
          "{\"prompt\": \"It was dark.\", \"chosen\": \" Lily cried.\", \"rejected\": \" Lily"
              + " sang a happy song with her friends.\"}");

  @TempDir private Path directory;

  private Path file(String name, List<String> lines) throws IOException {
    return Files.write(directory.resolve(name), lines);
  }

  private Path prompts() throws IOException {
    return file("prompts.txt", List.of("Once upon a time", "Tom had a dog.", "The sun was up"));
  }

  private JsonNode evaluate(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("evaluate"));
    all.addAll(List.of(arguments));
    Path json = directory.resolve("result.json");
    all.addAll(List.of("--json", json.toString()));
    CommandRun.expecting(0, all.toArray(String[]::new));
    return MAPPER.readTree(json.toFile());
  }

  @Test
  void aModelWinsAgainstItselfHalfOfTheTime() throws IOException {
    Path page = directory.resolve("page.html");
    JsonNode result =
        evaluate(
            "win-rate",
            "--model",
            STARTER,
            "--baseline",
            STARTER,
            "--reward-model",
            REWARD,
            "--prompts",
            prompts().toString(),
            "--samples",
            "2",
            "--max-tokens",
            "12",
            "--html",
            page.toString());
    assertThat(result.get("win_rate").asDouble()).isEqualTo(0.5);
    assertThat(result.get("ties").asInt()).isEqualTo(6);
    assertThat(Files.readString(page)).contains("win rate").doesNotContain("src=\"http");
  }

  @Test
  void aModelIsNoDistanceFromItself() throws IOException {
    Path page = directory.resolve("page.html");
    JsonNode result =
        evaluate(
            "frontier",
            "--reference",
            STARTER,
            "--reward-model",
            REWARD,
            "--prompts",
            prompts().toString(),
            "--max-tokens",
            "12",
            "--dtype",
            "float32",
            "--html",
            page.toString(),
            STARTER);
    JsonNode point = result.get("points").get(0);
    assertThat(point.get("kl").get("mean").asDouble()).isCloseTo(0, within(1e-3));
    assertThat(point.get("reward").get("mean").isNumber()).isTrue();
    assertThat(Files.readString(page)).contains("\"labels\":[\"starter\",\"starter\"]");
  }

  @Test
  void aRewardModelIsRightWhereItScoresWhatWasChosenHigher() throws IOException {
    JsonNode result =
        evaluate("preferences", "--model", REWARD, "--data", file("pairs.jsonl", PAIRS).toString());
    int right = 0;
    for (JsonNode pair : result.get("rows")) {
      right += pair.get("chosen").asDouble() > pair.get("rejected").asDouble() ? 1 : 0;
    }
    assertThat(result.get("rows")).hasSize(3);
    assertThat(result.get("accuracy").asDouble()).isCloseTo(right / 3.0, within(1e-12));
    assertThat(right).isEqualTo(2); // the last pair prefers the sad one
  }

  @Test
  void perplexityIsThatOfTheTokensLogProbabilities() throws IOException {
    Path texts =
        file(
            "texts.jsonl",
            List.of(
                "{\"prompt\": \"Once upon a time\", \"completion\": \", there was a girl.\"}",
                "{\"prompt\": \"Tom had\", \"completion\": \" a dog.\"}"));
    JsonNode result =
        evaluate(
            "perplexity", "--model", STARTER, "--data", texts.toString(), "--dtype", "float32");
    Path responses =
        file(
            "responses.jsonl",
            Files.readAllLines(texts).stream()
                .map(line -> line.replace("completion", "response"))
                .toList());
    Path scored = directory.resolve("scored.jsonl");
    CommandRun.expecting(
        0,
        "logprobs",
        "--model",
        STARTER,
        "--data",
        responses.toString(),
        "--output",
        scored.toString(),
        "--dtype",
        "float32");
    double sum = 0;
    for (String line : Files.readAllLines(scored)) {
      for (JsonNode value : MAPPER.readTree(line).get("log_probabilities")) {
        sum += value.asDouble();
      }
    }
    long tokens = result.get("tokens").asLong();
    double mean = result.get("negative_log_likelihood").asDouble();
    // A completion is measured with its end, which is no part of the text.
    assertThat(tokens).isPositive();
    assertThat(mean * tokens).isGreaterThan(-sum);
    assertThat(result.get("perplexity").asDouble()).isCloseTo(Math.exp(mean), within(1e-9));
  }

  @Test
  void whatCannotBeMeasuredIsSaidWithItsFix() throws IOException {
    CommandRun noJudge =
        CommandRun.expecting(
            2,
            "evaluate",
            "win-rate",
            "--model",
            STARTER,
            "--baseline",
            STARTER,
            "--prompts",
            prompts().toString());
    assertThat(noJudge.errors()).contains("--reward-model").contains("--judge cheerful");
    CommandRun notReward =
        CommandRun.expecting(
            1,
            "evaluate",
            "preferences",
            "--reward",
            "--model",
            STARTER,
            "--data",
            file("pairs.jsonl", PAIRS).toString());
    assertThat(notReward.errors()).contains("rlhf train reward");
  }
}
