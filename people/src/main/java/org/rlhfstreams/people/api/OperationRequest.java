package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.ValidatedRequest;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.rlhfstreams.people.access.Caller;
import org.rlhfstreams.people.access.Gate;

/** A request that fits the document. */
final class OperationRequest {
  private final RoutingContext context;
  private final ValidatedRequest validated;

  OperationRequest(RoutingContext context, ValidatedRequest validated) {
    this.context = context;
    this.validated = validated;
  }

  RoutingContext context() {
    return context;
  }

  Caller caller() {
    return Gate.caller(context);
  }

  JsonObject body() {
    return validated.getBody().getJsonObject();
  }

  String path(String name) {
    return validated.getPathParameters().get(name).getString();
  }

  /** Decoded once; what the validator hands out has been decoded twice. */
  Optional<String> query(String name) {
    return context.queryParam(name).stream().findFirst();
  }

  long query(String name, long otherwise) {
    return parameter(name).map(RequestParameter::getLong).orElse(otherwise);
  }

  private Optional<RequestParameter> parameter(String name) {
    return Optional.ofNullable(validated.getQuery().get(name))
        .filter(parameter -> !parameter.isNull());
  }

  /** Goes on with this request when another thread is done. */
  <T> Future<T> when(CompletionStage<T> stage) {
    return Future.fromCompletionStage(stage, context.vertx().getOrCreateContext());
  }
}
