package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GenerateCommandTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path directory;

  private static CommandRun generate(int code, String... arguments) {
    return CommandRun.expecting(
        code,
        Stream.concat(Stream.of("generate", "--model", STARTER), Stream.of(arguments))
            .toArray(String[]::new));
  }

  private static String story(String... more) {
    String[] arguments = {
      "--prompt", "Once upon a time", "--max-tokens", "60", "--temperature", "0.8"
    };
    return generate(0, Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new))
        .output();
  }

  @Test
  void aSeedTellsTheSameStoryTwiceStreamedOrNot() {
    String story = story("--seed", "1");
    assertThat(story).startsWith("Once upon a time").hasSizeGreaterThan(100);
    assertThat(story("--seed", "1")).isEqualTo(story);
    assertThat(story("--seed", "1", "--stream")).isEqualTo(story);
    assertThat(story("--seed", "2")).isNotEqualTo(story);
  }

  @Test
  void aStopStringEndsTheStoryAndIsNotPrinted() {
    String story = story("--seed", "1");
    String stop = story.substring(60, 66);
    String cut = story.substring(0, story.indexOf(stop));
    assertThat(story("--seed", "1", "--stop", stop)).isEqualTo(cut + System.lineSeparator());
    assertThat(story("--seed", "1", "--stop", stop, "--stream"))
        .isEqualTo(cut + System.lineSeparator());
  }

  @Test
  void ofAConversationOnlyTheAnswerIsPrinted() {
    String answer =
        generate(0, "--prompt", "Once upon a time", "--chat", "--max-tokens", "8").output();
    assertThat(answer).isNotBlank().doesNotContain("Once upon a time");
  }

  private Path data(String... lines) throws IOException {
    return Files.write(directory.resolve("data.jsonl"), List.of(lines));
  }

  private List<JsonNode> results(Path data, String... more) throws IOException {
    Path output = directory.resolve("output.jsonl");
    String[] arguments = {
      "--data", data.toString(), "--output", output.toString(), "--temperature", "0.8"
    };
    generate(0, Stream.of(arguments, more).flatMap(Stream::of).toArray(String[]::new));
    List<JsonNode> results = new ArrayList<>();
    for (String line : Files.readAllLines(output)) {
      results.add(MAPPER.readTree(line));
    }
    return results;
  }

  @Test
  void aFileIsContinuedInItsOrderWhateverTheBatch() throws IOException {
    Path data =
        data(
            "{\"id\":\"first\",\"prompt\":\"Once upon a time\"}",
            "{\"id\":2,\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story.\"}]}",
            "",
            "{\"ids\":[5,9,11]}",
            "{\"prompt\":\"Once upon a time\"}");
    List<JsonNode> results = results(data, "--max-new-tokens", "60", "--seed", "1");
    assertThat(results).hasSize(4);
    assertThat(results.get(0).get("id").asText()).isEqualTo("first");
    assertThat(results.get(1).get("id").asInt()).isEqualTo(2);
    assertThat(results.get(2).has("id")).isFalse();
    assertThat("Once upon a time" + results.get(0).get("text").asText())
        .as("the first line has the seed itself")
        .isEqualTo(story("--seed", "1").stripTrailing());
    assertThat(results.get(3).get("text")).isNotEqualTo(results.get(0).get("text"));
    for (JsonNode result : results) {
      assertThat(result.get("log_probabilities")).hasSameSizeAs(result.get("ids"));
      assertThat(result.get("finish_reason").asText())
          .isEqualTo(result.get("ids").size() == 60 ? "length" : "stop_token");
    }
    assertThat(results(data, "--max-new-tokens", "60", "--seed", "1", "--batch-size", "1"))
        .isEqualTo(results);
  }

  @Test
  void aBadLineIsNamedBeforeAnythingIsGenerated() throws IOException {
    String good = "{\"prompt\":\"Once\"}";
    assertBad(data(good, "{\"prompt\":"), "data.jsonl, line 2: it is not JSON");
    assertBad(data(good, "[1]"), "data.jsonl, line 2: it is no object: write {…} a line");
    assertBad(data("", "{\"text\":\"x\"}"), "line 2: expected one of prompt (a string)");
    assertBad(data("{\"prompt\":\"x\",\"ids\":[1]}"), "it has prompt, ids");
    assertBad(data("{\"prompt\":5}"), "prompt is NUMBER: make it a string");
    assertBad(data("{\"ids\":[1,\"a\"]}"), "ids holds \"a\" at index 1");
    assertBad(data("{\"ids\":[1,9999]}"), "line 1: token id 9999 at index 1");
    assertBad(data(good, "{\"prompt\":\"\"}"), "line 2: the prompt is empty");
    assertBad(data("{\"messages\":[{}]}"), "line 1: a chat message needs a role");
    String asked = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"tools\":%s}";
    assertBad(data(asked.formatted("[{\"name\":\"f\"}]")), "chat template ignores tools");
    assertBad(data(asked.formatted("\"[{\\\"name\\\":\\\"f\\\"}]\"")), "template ignores tools");
    assertBad(data(asked.formatted("\"f\"")), "line 1: tools is a text that is not JSON");
    assertBad(directory.resolve("none.jsonl"), "none.jsonl does not exist");
  }

  @Test
  void promptsAreReadFromEveryKindOfFile() throws IOException {
    String story = results(data("{\"id\":\"a\",\"prompt\":\"Once, a fox\"}")).get(0).toString();
    for (Path data :
        new Path[] {
          file("mark.jsonl", "\uFEFF{\"id\":\"a\",\"prompt\":\"Once, a fox\"}"),
          file("array.json", "[{\"id\":\"a\",\"prompt\":\"Once, a fox\"}]"),
          file("table.csv", "id,prompt\na,\"Once, a fox\"\n"),
        }) {
      assertThat(results(data)).as(data.toString()).hasToString("[" + story + "]");
    }
    Path lines = file("lines.txt", "\uFEFFOnce, a fox\nThe dog\n");
    assertThat(results(lines)).hasSize(2);
    assertThat(results(lines).get(0).get("ids")).isEqualTo(MAPPER.readTree(story).get("ids"));
    Path two =
        file(
            "two.jsonl", "{\"id\":\"a\",\"prompt\":\"Once\"}{\"id\":\"b\",\"prompt\":\"The dog\"}");
    assertThat(results(two)).extracting(row -> row.get("id").asText()).containsExactly("a", "b");
    Path from = file("from.jsonl", "{\"conversations\":[{\"from\":\"human\",\"value\":\"Hi\"}]}");
    Path role = file("role.jsonl", "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
    assertThat(results(from)).isEqualTo(results(role));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void bytesThatAreNotUtf8AreNamed() throws IOException {
    byte[] text =
        "{\"id\":\"a\",\"prompt\":\"Caf# de la gare\"}\n".getBytes(StandardCharsets.UTF_8);
    text[24] = (byte) 0xE9;
    Path data = Files.write(directory.resolve("data.jsonl"), text);
    assertBad(data, "data.jsonl, line 1: it has bytes that are not UTF-8 (E9)");
  }

  private static void assertBad(Path data, String reason) {
    CommandRun run = generate(1, "--data", data.toString());
    assertThat(run.errors()).contains(reason).doesNotContain("\tat ");
    assertThat(run.output()).isEmpty();
  }

  @Test
  void aMissingModelIsNamedWithoutAStackTrace() {
    assertThat(CommandRun.expecting(1, "generate", "--model", "nowhere", "--prompt", "x").errors())
        .contains("nowhere is not a directory")
        .doesNotContain("\tat ");
    assertThat(
            CommandRun.expecting(
                    1, "generate", "--model", "../models/starter-reward", "--prompt", "x")
                .errors())
        .contains("starter-reward is a reward model");
  }

  @Test
  void settingsThatCannotBeSampledFromAreRefused() {
    assertThat(generate(1, "--prompt", "x", "--temperature", "-1").errors())
        .contains("temperature >= 0");
    assertThat(generate(1, "--prompt", "x", "--stop", "").errors()).contains("--stop is empty");
    assertThat(generate(1, "--prompt", "").errors()).contains("the prompt is empty");
    assertThat(generate(2, "--prompt", "x", "--dtype", "int8").errors())
        .contains("\"int8\" is not known: say float32, bfloat16 or auto");
    assertThat(generate(2).errors()).contains("--prompt");
    assertThat(generate(2, "--prompt", "x", "--data", "y").errors()).contains("--data");
    assertThat(generate(2, "--prompt", "x", "--output", "y").errors())
        .contains("--output goes with --data");
    assertThat(CommandRun.expecting(2, "generat").errors()).contains("generate");
  }

  @Test
  void everyTypeCanBeComputedIn() {
    for (String type : new String[] {"bfloat16", "auto"}) {
      assertThat(story("--seed", "1", "--dtype", type)).hasSizeGreaterThan(100);
    }
  }
}
