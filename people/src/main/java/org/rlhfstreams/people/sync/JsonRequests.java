package org.rlhfstreams.people.sync;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.rlhfstreams.common.ExplainedException;

/** Requests with JSON to one server, whose absence is explained. */
final class JsonRequests {
  private static final Duration TO_CONNECT = Duration.ofSeconds(10);
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(2);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(TO_CONNECT)
          .build();
  private final URI server;
  private final String name;
  private final String option;

  /**
   * @param name of the server, for messages
   * @param option that names it
   */
  JsonRequests(URI server, String name, String option) {
    this.server = server;
    this.name = name;
    this.option = option;
  }

  /** An answer, whatever its status. */
  record Answer(int status, String body, Map<String, String> headers) {
    /** The body, which is to be an object. */
    JsonObject json() {
      try {
        return new JsonObject(body);
      } catch (DecodeException | ClassCastException e) {
        throw new ExplainedException("the answer is not a JSON object: " + shown(), e);
      }
    }

    /** What is wrong, in the server's words. */
    String detail() {
      try {
        return new JsonObject(body).getString("detail", shown());
      } catch (DecodeException | ClassCastException e) {
        return shown();
      }
    }

    private String shown() {
      return body.length() > 200 ? body.substring(0, 200) + "…" : body;
    }
  }

  /**
   * Sends a request.
   *
   * @param path below the server's address, with its query
   * @param authorization the header, or empty for none
   * @param body JSON, or null for none
   * @throws ExplainedException if the server does not answer
   */
  Answer send(String method, String path, String authorization, Object body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address() + path)).timeout(LONGEST_ANSWER);
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofString(encoded(body)));
    }
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(
          answer.statusCode(),
          answer.body(),
          answer
              .headers()
              .firstValue("Retry-After")
              .map(s -> Map.of("Retry-After", s))
              .orElse(Map.of()));
    } catch (IOException e) {
      throw new ExplainedException(
          "%s does not answer at %s (%s): start it, or name another address with %s"
              .formatted(name, server, reason(e), option),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExplainedException("interrupted; the same command goes on", e);
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? "connection refused" : e.getMessage();
  }

  private static String encoded(Object body) {
    return body instanceof JsonArray array ? array.encode() : ((JsonObject) body).encode();
  }

  private String address() {
    String text = server.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}
