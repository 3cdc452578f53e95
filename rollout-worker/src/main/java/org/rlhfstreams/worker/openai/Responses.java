package org.rlhfstreams.worker.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpServerResponse;
import org.rlhfstreams.model.completion.PromptException;
import org.rlhfstreams.worker.completion.RefusedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** JSON over HTTP, and which failure is which status. */
final class Responses {
  private static final Logger LOG = LoggerFactory.getLogger(Responses.class);
  private static final String SECONDS_TO_WAIT = "2";

  private Responses() {}

  static void json(HttpServerResponse response, int status, ObjectNode json) {
    response
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(json.toString());
  }

  static void error(HttpServerResponse response, ApiException error) {
    if (error.passes()) {
      response.putHeader("Retry-After", SECONDS_TO_WAIT);
    }
    json(response, error.status(), error.json());
  }

  /**
   * What a caller is told about a failure.
   *
   * @param promptField that messages about the prompt are about
   */
  static ApiException error(Throwable failure, String promptField) {
    if (failure instanceof ApiException told) {
      return told;
    }
    if (failure instanceof PromptException prompt) {
      return ApiException.badRequest(prompt.field().orElse(promptField), prompt.getMessage());
    }
    if (failure instanceof RefusedException refused) {
      return switch (refused.reason()) {
        case UNREADY -> ApiException.busy(503, refused.getMessage());
        case FULL -> ApiException.busy(429, refused.getMessage());
        case TOO_LARGE -> ApiException.badRequest("n", refused.getMessage());
      };
    }
    LOG.error("a completion has failed", failure);
    return ApiException.failed();
  }
}
