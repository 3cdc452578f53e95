package org.rlhfstreams.cli.annotator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.rlhfstreams.cli.CommandException;
import org.rlhfstreams.evaluation.annotator.Annotator;
import org.rlhfstreams.events.Choice;

/** Answers the questions of a run over its HTTP API, as a person at the page does. One thread. */
public final class HttpAnnotator {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

  private final HttpClient client =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
  private final URI api;
  private final String name;
  private final Annotator annotator;
  private String csrfToken = "";

  /**
   * @param pages where the pages are, such as {@code http://127.0.0.1:8080}; open to everyone on
   *     this machine
   * @param name that its judgements carry
   * @param annotator asked with what is shown on the left as the first
   */
  public HttpAnnotator(String pages, String name, Annotator annotator) {
    this.api = URI.create(pages).resolve("/api/v1/");
    this.name = name;
    this.annotator = annotator;
  }

  /**
   * Answers one question.
   *
   * @return the judgement's id; empty where none is open, or the run takes none at the moment
   * @throws CommandException where the API refuses what it is sent
   */
  public Optional<String> answerOne() {
    try {
      if (csrfToken.isEmpty()) {
        HttpResponse<String> session =
            send("POST", "session", MAPPER.createObjectNode().put("name", name));
        if (session.statusCode() != 201) {
          throw refused("a session", session);
        }
        csrfToken = MAPPER.readTree(session.body()).path("csrfToken").asText();
      }
      HttpResponse<String> next =
          client.send(
              request("comparisons/next").GET().build(), HttpResponse.BodyHandlers.ofString());
      if (next.statusCode() != 200) {
        return none(next, "a question", 204);
      }
      return judge(MAPPER.readTree(next.body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // it goes away and comes back
    }
  }

  private Optional<String> judge(JsonNode question) throws IOException, InterruptedException {
    String comparisonId = question.path("comparisonId").asText();
    Choice choice =
        annotator.choose(
            comparisonId, question.path("left").asText(), question.path("right").asText());
    String id = UUID.randomUUID().toString();
    HttpResponse<String> answer =
        send(
            "POST",
            "judgements",
            MAPPER
                .createObjectNode()
                .put("judgementId", id)
                .put("comparisonId", comparisonId)
                .put("choice", shown(choice))
                .put("swapped", question.path("swapped").asBoolean())
                .put("millisecondsSpent", 0));
    return answer.statusCode() == 201
        ? Optional.of(id)
        : none(answer, "a judgement", 409, 410); // judged, or closed, meanwhile
  }

  private static String shown(Choice choice) {
    return switch (choice) {
      case FIRST -> "left";
      case SECOND -> "right";
      case TIE -> "tie";
      case SKIP -> "skip";
    };
  }

  private static Optional<String> none(
      HttpResponse<String> response, String what, Integer... expected) {
    boolean busy = response.statusCode() == 503 || response.statusCode() == 429;
    if (List.of(expected).contains(response.statusCode()) || busy) {
      return Optional.empty();
    }
    throw refused(what, response);
  }

  private static CommandException refused(String what, HttpResponse<String> response) {
    return new CommandException(
        String.format(
            Locale.ROOT,
            "the HTTP API refuses %s (%d): %s",
            what,
            response.statusCode(),
            response.body()));
  }

  private HttpResponse<String> send(String method, String path, ObjectNode body)
      throws IOException, InterruptedException {
    return client.send(
        request(path)
            .header("Content-Type", "application/json")
            .header("X-CSRF-Token", csrfToken)
            .method(method, HttpRequest.BodyPublishers.ofString(body.toString()))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(api.resolve(path)).timeout(LONGEST_ANSWER);
  }
}
