package org.rlhfstreams.it;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A Label Studio with SQLite on loopback, and what people and scripts do with it by its API. */
final class LabelStudioServer implements AutoCloseable {
  /** A legacy token, which 1.23 takes only if it is told to. */
  static final String LEGACY_TOKEN = "0123456789abcdef0123456789abcdef01234567";

  private static final Duration LONGEST_START = Duration.ofMinutes(10);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path data;
  private final Process process;
  private final String url;

  private LabelStudioServer(Path data, Process process, String url) {
    this.data = data;
    this.process = process;
    this.url = url;
  }

  /** What starts it; it need not be there. */
  static Path program() {
    String directory = System.getProperty("label-studio.directory", "target/label-studio");
    return Path.of(directory).toAbsolutePath().resolve("bin").resolve("label-studio");
  }

  /**
   * Starts one with an empty database.
   *
   * @param data directory of its database and log
   */
  static LabelStudioServer start(Path data) throws IOException {
    Files.createDirectories(data);
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            program().toString(),
            "start",
            "--no-browser",
            "--internal-host",
            "127.0.0.1",
            "--port",
            String.valueOf(port),
            "--data-dir",
            data.toString(),
            "--username",
            "admin@example.com",
            "--password",
            "secret-password",
            "--user-token",
            LEGACY_TOKEN,
            "--enable-legacy-api-token");
    builder
        .environment()
        .putAll(
            Map.of(
                "LABEL_STUDIO_BASE_DATA_DIR", data.toString(),
                "SSRF_PROTECTION_ENABLED", "false", // webhooks to loopback
                "COLLECT_ANALYTICS", "false",
                "LATEST_VERSION_CHECK", "false",
                "SENTRY_DSN", "",
                "DEBUG", "false"));
    builder.redirectErrorStream(true).redirectOutput(data.resolve("label-studio.log").toFile());
    LabelStudioServer server =
        new LabelStudioServer(data, builder.start(), "http://127.0.0.1:" + port);
    try {
      server.awaitStart();
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void awaitStart() {
    await("Label Studio answers; its log is in " + data)
        .atMost(LONGEST_START)
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError(
                    "Label Studio has ended: "
                        + Files.readString(data.resolve("label-studio.log")));
              }
              return send("GET", "/api/projects", null).statusCode() == 200;
            });
  }

  String url() {
    return url;
  }

  private HttpResponse<String> send(String method, String path, Object body) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(url + path))
              .timeout(Duration.ofMinutes(1))
              .header("Authorization", "Token " + LEGACY_TOKEN)
              .header("Content-Type", "application/json")
              .method(
                  method,
                  body == null
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofString(
                          body instanceof String text ? text : MAPPER.writeValueAsString(body)));
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A request that is to succeed. */
  JsonNode call(String method, String path, Object body) {
    HttpResponse<String> answer = send(method, path, body);
    if (answer.statusCode() >= 300) {
      throw new AssertionError(
          method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    }
    try {
      return answer.body().isEmpty() ? MAPPER.nullNode() : MAPPER.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A further person; their id. */
  int person(String name) {
    return call(
            "POST",
            "/api/users/",
            Map.of("email", name + "@example.com", "username", name, "password", "secret-password"))
        .path("id")
        .asInt();
  }

  /** A personal access token of the admin. */
  String personalToken() {
    return call("POST", "/api/token/", Map.of()).path("token").asText();
  }

  /** A project with a labelling configuration; its number. */
  int project(String configuration) {
    return call("POST", "/api/projects", Map.of("title", "answers", "label_config", configuration))
        .path("id")
        .asInt();
  }

  /** The events of a project go to an address. */
  void webhook(int project, String address, String token) {
    call(
        "POST",
        "/api/webhooks/",
        Map.of(
            "project",
            project,
            "url",
            address,
            "send_payload",
            true,
            "send_for_all_actions",
            true,
            "headers",
            Map.of("Authorization", "Bearer " + token)));
  }

  /** Imports tasks as our export has them; their ids, in order. */
  List<Integer> importTasks(int project, String tasks) {
    JsonNode ids =
        call("POST", "/api/projects/" + project + "/import?return_task_ids=true", tasks)
            .path("task_ids");
    return MAPPER.convertValue(
        ids, MAPPER.getTypeFactory().constructCollectionType(List.class, Integer.class));
  }

  /**
   * Annotates a task.
   *
   * @param person who does
   * @param selected left or right of the Pairwise; empty for neither
   * @return the annotation's id
   */
  int annotate(int task, int person, Optional<String> selected) {
    return call(
            "POST",
            "/api/tasks/" + task + "/annotations/",
            Map.of("completed_by", person, "lead_time", 2.5, "result", results(selected)))
        .path("id")
        .asInt();
  }

  /** Skips a task; the annotation's id. */
  int skip(int task, int person) {
    return call(
            "POST",
            "/api/tasks/" + task + "/annotations/",
            Map.of("completed_by", person, "was_cancelled", true, "result", List.of()))
        .path("id")
        .asInt();
  }

  /** Changes an annotation. */
  void change(int annotation, String selected) {
    call(
        "PATCH",
        "/api/annotations/" + annotation + "/",
        Map.of("result", results(Optional.of(selected)), "was_cancelled", false));
  }

  void delete(int annotation) {
    call("DELETE", "/api/annotations/" + annotation + "/", null);
  }

  /** Whatever else is asked stands before what decides. */
  private static List<Object> results(Optional<String> selected) {
    Object reason =
        Map.of(
            "from_name",
            "reason",
            "to_name",
            "prompt",
            "type",
            "choices",
            "value",
            Map.of("choices", List.of("helpful", "shorter")));
    Object longer =
        Map.of(
            "from_name",
            "which_was_longer",
            "to_name",
            "prompt",
            "type",
            "choices",
            "value",
            Map.of("choices", List.of("first")));
    return selected
        .map(
            side ->
                List.of(
                    longer,
                    reason,
                    (Object)
                        Map.of(
                            "from_name",
                            "preference",
                            "to_name",
                            "first,second",
                            "type",
                            "pairwise",
                            "value",
                            Map.of("selected", side))))
        .orElse(List.of(longer, reason));
  }

  /** An export, as a file. */
  Path export(int project, String format, Path file) throws IOException {
    HttpResponse<String> answer =
        send(
            "GET",
            "/api/projects/" + project + "/export?download_all_tasks=true&exportType=" + format,
            null);
    if (answer.statusCode() != 200) {
      throw new AssertionError("export: " + answer.statusCode() + " " + answer.body());
    }
    return Files.writeString(file, answer.body());
  }

  /** Gives an annotation another time, as if a clock had been wrong. */
  void setTime(int annotation, Instant time) throws IOException, InterruptedException {
    String script =
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=30);"
            + "n = c.execute('update task_completion set updated_at = ? where id = ?',"
            + " (sys.argv[2], sys.argv[3])).rowcount; c.commit(); assert n == 1";
    Process python =
        new ProcessBuilder(
                program().resolveSibling("python").toString(),
                "-c",
                script,
                data.resolve("label_studio.sqlite3").toString(),
                time.toString().replace("T", " ").replace("Z", ""),
                String.valueOf(annotation))
            .inheritIO()
            .start();
    if (!python.waitFor(1, TimeUnit.MINUTES) || python.exitValue() != 0) {
      throw new AssertionError("the annotation's time was not changed");
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
