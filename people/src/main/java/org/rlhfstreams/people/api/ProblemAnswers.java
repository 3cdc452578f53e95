package org.rlhfstreams.people.api;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.openapi.validation.SchemaValidationException;
import io.vertx.openapi.validation.ValidatorException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.PublishedOnce;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says as problem+json why a request is not done, and never how this program looks inside. */
final class ProblemAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemAnswers.class);
  private static final String CONTENT_TYPE = "application/problem+json";

  private ProblemAnswers() {}

  /** What a route has failed with. */
  static void write(RoutingContext context) {
    if (context.failure() == null) {
      write(context.response(), ofStatus(context.statusCode()));
    } else {
      write(context, context.failure());
    }
  }

  static void write(RoutingContext context, Throwable failure) {
    write(context.response(), problem(failure, context.request().path()));
  }

  static void write(HttpServerResponse response, ProblemException problem) {
    if (response.headWritten() || response.closed()) {
      response.reset();
      return;
    }
    problem
        .retryAfter()
        .ifPresent(wait -> response.putHeader("Retry-After", String.valueOf(seconds(wait))));
    if (problem.status() == 401) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    response
        .setStatusCode(problem.status())
        .putHeader("Content-Type", CONTENT_TYPE)
        .end(problem.body().encode());
  }

  private static long seconds(Duration wait) {
    return Math.max(1, wait.plusMillis(999).toSeconds());
  }

  /** The answer to an error that has only a status, of the routes themselves. */
  static ProblemException ofStatus(int status) {
    return switch (status) {
      case 400 -> ProblemException.of(400, "Not understood", "this is no request as HTTP has them");
      case 404 -> ProblemException.of(404, "Nothing here", "there is nothing at this address");
      case 405 ->
          ProblemException.of(405, "Not that way", "this address does not take this method");
      case 413 ->
          ProblemException.at(
              "body", 413, "Too large", "the body is larger than people.largest-request allows");
      case 414 -> ProblemException.of(414, "Too long", "the address is too long");
      case 415 ->
          ProblemException.at("Content-Type", 415, "Not JSON", "send the body as application/json");
      case 431 -> ProblemException.of(431, "Too large", "the headers are too large");
      default ->
          status < 500
              ? ProblemException.of(status, "Not done", "the request cannot be done")
              : ProblemException.of(500, "Our fault", "the log of the service says more");
    };
  }

  private static ProblemException problem(Throwable failure, String path) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof ProblemException problem) {
      return problem;
    }
    if (cause instanceof SchemaValidationException unfit) {
      return FaultyField.of(unfit);
    }
    if (cause instanceof ValidatorException unfit) {
      return FaultyField.of(unfit);
    }
    if (cause instanceof DecodeException) {
      return ProblemException.at("body", 400, "Not JSON", "the body is no JSON");
    }
    if (cause instanceof HttpException known) {
      return ofStatus(known.getStatusCode());
    }
    if (cause instanceof TimeoutException) {
      return PublishedOnce.away("no answer of the log in time");
    }
    LOG.error("{} failed", path, cause);
    return ofStatus(500);
  }
}
