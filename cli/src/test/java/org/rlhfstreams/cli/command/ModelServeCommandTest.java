package org.rlhfstreams.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rlhfstreams.cli.command.CommandRun.STARTER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlhfstreams.cli.Main;

/** A served model answers over HTTP what it would have answered on the terminal. */
@Tag("slow")
final class ModelServeCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern URL = Pattern.compile(" at (http://\\S+)/v1: ");
  private static final String QUESTION = "Tell me a story.";
  private static final String ASKED =
      "\"messages\": [{\"role\": \"user\", \"content\": \"" + QUESTION + "\"}]";

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir private Path directory;

  /** The command in a process of its own, up to the line that says where it serves. */
  private static final class Served implements AutoCloseable {
    final List<String> said = new ArrayList<>();
    final String base;
    private final Process process;
    private final BufferedReader output;

    Served(String model, String... options) throws IOException {
      List<String> command =
          new ArrayList<>(
              List.of(
                  "env",
                  "--default-signal=INT", // a build in the background ignores it, and so would this
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-Dai.djl.offline=true",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Main.class.getName(),
                  "model",
                  "serve",
                  model,
                  "--port",
                  "0"));
      command.addAll(List.of(options));
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      base = until(URL);
    }

    private String until(Pattern wanted) throws IOException {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        said.add(line);
        Matcher found = wanted.matcher(line);
        if (found.find()) {
          return found.group(1);
        }
      }
      throw new AssertionError("it ended: " + String.join("\n", said));
    }

    /** Ctrl-C; the exit code. */
    int interrupt() throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
      output.lines().forEach(said::add);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private HttpResponse<String> get(Served served, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(served.base + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(Served served, String path, String fields)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(served.base + path))
            .POST(HttpRequest.BodyPublishers.ofString("{" + fields + "}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String generated(String... options) {
    List<String> words = new ArrayList<>(List.of("generate", "--model", STARTER));
    words.addAll(List.of(options));
    return CommandRun.expecting(0, words.toArray(String[]::new)).output().stripTrailing();
  }

  @Test
  void answersAreThoseOfGenerateAndCtrlCEndsIt() throws Exception {
    String greedy =
        generated("--prompt", QUESTION, "--chat", "--temperature", "0", "--max-new-tokens", "12");
    String drawn = generated("--prompt", "Once upon a time", "--seed", "7", "--max-tokens", "20");
    try (Served served = new Served(STARTER)) {
      assertThat(get(served, "/health").statusCode()).isEqualTo(200);
      assertThat(get(served, "/ready").statusCode()).isEqualTo(200);
      assertThat(JSON.readTree(get(served, "/v1/models").body()).at("/data/0/id").asText())
          .isEqualTo("starter");

      String fields = ASKED + ", \"temperature\": 0, \"max_tokens\": 12";
      JsonNode chat = JSON.readTree(post(served, "/v1/chat/completions", fields).body());
      assertThat(chat.at("/choices/0/message/content").asText().stripTrailing())
          .isNotBlank()
          .isEqualTo(greedy);
      JsonNode text =
          JSON.readTree(
              post(
                      served,
                      "/v1/completions",
                      "\"prompt\": \"Once upon a time\", \"seed\": 7, \"max_tokens\": 20")
                  .body());
      assertThat("Once upon a time" + text.at("/choices/0/text").asText()).isEqualTo(drawn);

      HttpResponse<String> streamed =
          post(served, "/v1/chat/completions", fields + ", \"stream\": true");
      StringBuilder pieces = new StringBuilder();
      int events = 0;
      for (String event : streamed.body().split("\n\n", -1)) {
        if (event.startsWith("data: {")) {
          JsonNode part = JSON.readTree(event.substring("data: ".length()));
          pieces.append(part.at("/choices/0/delta/content").asText(""));
          events++;
        }
      }
      assertThat(pieces.toString().stripTrailing()).isEqualTo(greedy);
      assertThat(events).isGreaterThan(3);

      HttpResponse<String> other =
          post(served, "/v1/completions", "\"model\": \"gpt-4\", \"prompt\": \"Once\"");
      assertThat(other.statusCode()).isEqualTo(404);
      assertThat(other.body()).contains("there is no model gpt-4 here", "starter");

      assertThat(served.interrupt()).isEqualTo(130);
      assertThat(String.join("\n", served.said))
          .contains("curl -s " + served.base + "/v1/chat/completions -d '{\"messages\"")
          .contains("interrupted: closing")
          .endsWith("closed")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void namesAndLimitsAreThoseAskedFor() throws Exception {
    Path plain = Files.createDirectory(directory.resolve("plain"));
    for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.copy(Path.of(STARTER, file), plain.resolve(file));
    }
    try (Served served =
        new Served(
            plain.toString(),
            "--served-model-name",
            "org/stories",
            "--slots",
            "2",
            "--queue",
            "1")) {
      String prompt = "\"prompt\": \"Once\", \"max_tokens\": 2";
      assertThat(post(served, "/v1/completions", prompt + ", \"n\": 3").statusCode())
          .isEqualTo(200);
      HttpResponse<String> many = post(served, "/v1/completions", prompt + ", \"n\": 4");
      assertThat(many.body()).contains("it asks for 4 completions, and 3 are taken", "--queue");
      assertThat(post(served, "/v1/completions", prompt + ", \"model\": \"org/stories\"").body())
          .contains("\"model\":\"org/stories\"");
      assertThat(post(served, "/v1/chat/completions", ASKED).statusCode()).isEqualTo(400);
      assertThat(served.interrupt()).isEqualTo(130);
      assertThat(String.join("\n", served.said))
          .contains("/v1/completions -d '{\"prompt\"", "this model has no chat template");
    }
  }

  @Test
  void whatCannotBeServedIsRefusedBeforeTheWeightsAreRead() {
    assertThat(CommandRun.expecting(2, "model", "serve", STARTER, "--port", "70000").errors())
        .contains("--port = 70000: expected 0 to 65535");
    assertThat(CommandRun.expecting(2, "model", "serve", STARTER, "--slots", "0").errors())
        .contains("--slots = 0: expected 1 or more");
    assertThat(CommandRun.expecting(2, "model", "serve").errors()).contains("DIR");
    assertThat(
            CommandRun.expecting(
                    1, "model", "serve", STARTER, "--port", "0", "--slots", "100000000")
                .errors())
        .contains("serving ", "GB of memory, and this machine has", "--slots = 50000000 saves")
        .contains("--force");
  }
}
