package org.rlhfstreams.people.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.ResponseValidator;
import io.vertx.openapi.validation.ValidatableResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.rlhfstreams.events.ComparedResponse;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.people.access.AccessTable;
import org.rlhfstreams.people.access.PersonRole;
import org.rlhfstreams.people.access.TokensFile;
import org.rlhfstreams.people.live.LiveViews;
import org.rlhfstreams.people.live.StagesView;
import org.rlhfstreams.schemas.EventSerdes;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.index.TemporaryIndex;

/** The API over views that a test fills, and a client that holds each answer to the document. */
final class ServedApi implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Vertx vertx = Vertx.vertx();
  private final TemporaryIndex index =
      TemporaryIndex.open(Path.of("target", "served-api"), "people.state-directory");
  private final LiveViews views = LiveViews.empty(index);
  private final RecordingOutbox outbox = new RecordingOutbox();
  private final Map<PersonRole, String> tokens = new EnumMap<>(PersonRole.class);
  private final PeopleServer server;
  private final OpenAPIContract contract;
  private final ResponseValidator answers;

  private ServedApi(Map<String, String> settings) {
    EventSerdes.trustEvents();
    Map<String, String> all = new HashMap<>(settings);
    all.put("people.http-port", "0");
    all.putIfAbsent("people.requests-per-second", "100000");
    this.server =
        PeopleServer.start(
            RlhfConfiguration.of(all).people(),
            new Topics("test.", 1),
            views,
            new StagesView(),
            outbox,
            Clock.systemUTC());
    try {
      this.contract = ApiDocument.load().contract(vertx).await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
    this.answers = ResponseValidator.create(vertx, contract);
    views.feed().open();
  }

  /** Without tokens: everyone here may do everything. */
  static ServedApi open() {
    return new ServedApi(Map.of());
  }

  /** With a token for each role, whose name is the role's. */
  static ServedApi guarded(Path directory, Map<String, String> more) {
    Path file = directory.resolve("tokens.yaml");
    Map<PersonRole, String> made = new EnumMap<>(PersonRole.class);
    for (PersonRole role : PersonRole.values()) {
      made.put(role, TokensFile.add(file, role.text(), role));
    }
    Map<String, String> settings = new HashMap<>(more);
    settings.put("people.tokens-file", file.toString());
    ServedApi api = new ServedApi(settings);
    api.tokens.putAll(made);
    return api;
  }

  LiveViews views() {
    return views;
  }

  RecordingOutbox outbox() {
    return outbox;
  }

  OpenAPIContract contract() {
    return contract;
  }

  static AccessTable access() {
    return new AccessTable(ApiDocument.load().json());
  }

  PeopleServer server() {
    return server;
  }

  String token(PersonRole role) {
    return tokens.get(role);
  }

  /** A question that is open now. */
  Comparison ask(String id) {
    Comparison comparison = comparison(id, 1);
    views.comparisons().apply(comparison);
    return comparison;
  }

  /** A question; its texts follow from its id. */
  static Comparison comparison(String id, int wanted) {
    return Comparison.newBuilder()
        .setComparisonId(id)
        .setPromptId("prompt of " + id)
        .setPromptText("What of " + id + "?")
        .setFirst(response(id + "/0", "first of " + id))
        .setSecond(response(id + "/1", "second of " + id))
        .setReason("random")
        .setCreatedAt(Instant.parse("2026-01-01T00:00:00Z"))
        .setWantedJudgements(wanted)
        .build();
  }

  private static ComparedResponse response(String rolloutId, String text) {
    return ComparedResponse.newBuilder()
        .setRolloutId(rolloutId)
        .setText(text)
        .setTokenIds(List.of())
        .setVersion(new WeightVersion(0, 1L))
        .setScore(0.5f)
        .build();
  }

  /** A request to the API as someone with a token of that role; as nobody where it is null. */
  HttpResponse<String> call(PersonRole role, String method, String path, String body) {
    Map<String, String> headers = new HashMap<>();
    if (role != null) {
      headers.put("Authorization", "Bearer " + tokens.get(role));
    }
    return call(headers, method, path, body);
  }

  HttpResponse<String> call(PersonRole role, String method, String path) {
    return call(role, method, path, null);
  }

  /** A request to the API; its answer fits the document. */
  HttpResponse<String> call(Map<String, String> headers, String method, String path, String body) {
    HttpResponse<String> answer = send(headers, method, ApiDocument.BASE + path, body);
    Operation operation =
        contract.findOperation(
            ApiDocument.BASE + path.replaceFirst("\\?.*", ""), HttpMethod.valueOf(method));
    boolean isDocumented = operation != null && answer.statusCode() != 405;
    if (isDocumented) {
      requireFit(operation, answer);
    }
    return answer;
  }

  /** A request to any address. */
  HttpResponse<String> send(Map<String, String> headers, String method, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .timeout(PATIENCE)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (body != null && !headers.containsKey("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void requireFit(Operation operation, HttpResponse<String> answer) {
    String type = answer.headers().firstValue("Content-Type").orElse(null);
    if (answer.statusCode() >= 400) {
      assertThat(type).isEqualTo("application/problem+json");
      assertThat(json(answer).getInteger("status")).isEqualTo(answer.statusCode());
    }
    ValidatableResponse response =
        answer.body().isEmpty()
            ? ValidatableResponse.create(answer.statusCode())
            : ValidatableResponse.create(
                answer.statusCode(), Buffer.buffer(answer.body()), "application/json");
    try {
      answers.validate(response, operation.getOperationId()).await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonObject json(HttpResponse<String> answer) {
    return new JsonObject(answer.body());
  }

  /** A judgement's body. */
  static JsonObject judgement(String id, String comparisonId, String choice) {
    return new JsonObject()
        .put("judgementId", id)
        .put("comparisonId", comparisonId)
        .put("choice", choice)
        .put("swapped", false)
        .put("millisecondsSpent", 1200);
  }

  @Override
  public void close() {
    server.close();
    index.close();
    try {
      vertx.close().await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
