package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.rlhfstreams.events.Comparison;
import org.rlhfstreams.people.desk.Desk;
import org.rlhfstreams.people.desk.Lease;
import org.rlhfstreams.people.live.PromptMessages;
import org.rlhfstreams.people.problems.ProblemException;

/**
 * The next question for someone. Which version wrote what, scores and gold answers are not told.
 */
final class ComparisonResource {
  private final Desk desk;

  ComparisonResource(Desk desk) {
    this.desk = desk;
  }

  Future<ApiResponse> next(OperationRequest request) {
    Set<String> exclude =
        request.query("exclude").stream()
            .flatMap(ids -> Arrays.stream(ids.split(",")))
            .map(ComparisonResource::decoded)
            .collect(Collectors.toSet());
    return Future.succeededFuture(
        desk.next(request.caller().name(), exclude)
            .map(lease -> ApiResponse.of(200, json(lease)))
            .orElseGet(ApiResponse::nothing));
  }

  private static String decoded(String id) {
    try {
      return URLDecoder.decode(id, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ProblemException.at(
          "exclude", 400, "Not in order", "each id in exclude is percent-encoded: a% is none");
    }
  }

  private static JsonObject json(Lease lease) {
    Comparison comparison = lease.comparison();
    String first = comparison.getFirst().getText();
    String second = comparison.getSecond().getText();
    JsonObject json = new JsonObject();
    if (!comparison.getPromptMessages().isEmpty()) {
      json.put("messages", PromptMessages.json(comparison.getPromptMessages()));
    }
    return json.put("comparisonId", comparison.getComparisonId())
        .put(
            "prompt",
            PromptMessages.transcript(comparison.getPromptText(), comparison.getPromptMessages()))
        .put("left", lease.swapped() ? second : first)
        .put("right", lease.swapped() ? first : second)
        .put("swapped", lease.swapped())
        .put("leasedUntil", lease.until().toString());
  }
}
