package org.rlhfstreams.worker.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.service.http.OperationsEndpoint;
import org.rlhfstreams.worker.completion.CompletionLimits;
import org.rlhfstreams.worker.completion.CompletionService;

/** The worker's HTTP server on loopback, with the starter behind it, and a client. */
final class Endpoint implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  final PolicyStub policy;
  final CompletionService service;
  private final Tokenizer tokenizer;
  private final OperationsEndpoint server;
  private final HttpClient client = HttpClient.newHttpClient();

  Endpoint(int slots, int queue) {
    this(Path.of("..", "models", "starter"), slots, queue);
  }

  Endpoint(Path path, int slots, int queue) {
    ModelDirectory model = ModelDirectory.open(path);
    this.policy = new PolicyStub(model);
    this.tokenizer = Tokenizer.open(path, model.configuration());
    this.service =
        new CompletionService(
            model,
            ComputeType.FLOAT32,
            tokenizer,
            new CompletionLimits(slots, queue, "rollout-worker.completion-queue"),
            policy);
    this.server =
        OperationsEndpoint.start(
            "127.0.0.1",
            0,
            "a test's port",
            Optional::empty,
            Optional::empty,
            new OpenAiRoutes(model, tokenizer, service));
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private HttpRequest post(String path, String body) {
    return HttpRequest.newBuilder(uri(path))
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> send(String path, String body) {
    return send(post(path, body));
  }

  CompletableFuture<HttpResponse<String>> sendLater(String path, String body) {
    return client.sendAsync(post(path, body), HttpResponse.BodyHandlers.ofString());
  }

  /** A streamed answer's lines as they come; closing them hangs up. */
  Stream<String> lines(String path, String body) {
    try {
      return client.send(post(path, body), HttpResponse.BodyHandlers.ofLines()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An answer that is to succeed. */
  JsonNode ask(String path, String body) {
    HttpResponse<String> response = send(path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body());
  }

  /** The parts of a streamed answer that is to succeed. */
  List<JsonNode> stream(String path, String body) {
    HttpResponse<String> response = send(path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/event-stream");
    assertThat(response.body()).endsWith("data: [DONE]\n\n");
    List<JsonNode> parts = new ArrayList<>();
    for (String event : response.body().split("\n\n", -1)) {
      if (event.startsWith("data: {")) {
        parts.add(json(event.substring(6)));
      }
    }
    return parts;
  }

  static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }

  @Override
  public void close() {
    policy.release();
    server.close();
    service.close();
    tokenizer.close();
  }
}
