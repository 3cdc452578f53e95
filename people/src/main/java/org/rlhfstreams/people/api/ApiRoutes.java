package org.rlhfstreams.people.api;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import io.vertx.ext.web.openapi.router.RequestExtractor;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.RequestValidator;
import io.vertx.openapi.validation.ValidatedRequest;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.rlhfstreams.people.access.Gate;

/**
 * Routes made from the document, each in this order: who calls and whether they may; the body, no
 * larger than allowed, and its signature where it has one; whether the request fits the document;
 * what the operation does.
 */
final class ApiRoutes {
  /** An answer is due within seconds, also where it is that nothing is known. */
  private static final long LONGEST_MILLIS = 4_500;

  private final Gate gate;
  private final RequestValidator validator;
  private final RequestExtractor extractor = RequestExtractor.withBodyHandler();
  private final BodyHandler bodies;
  private final Map<String, ApiOperation> operations;

  private ApiRoutes(
      Vertx vertx,
      OpenAPIContract contract,
      Gate gate,
      int largestRequest,
      Map<String, ApiOperation> operations) {
    this.gate = gate;
    this.validator = RequestValidator.create(vertx, contract);
    this.bodies = BodyHandler.create(false).setBodyLimit(largestRequest);
    this.operations = operations;
  }

  /**
   * A router of the API, to be mounted at its base.
   *
   * @param operations by their id in the document
   * @throws IllegalStateException if document and operations do not name the same
   */
  static Router of(
      Vertx vertx,
      OpenAPIContract contract,
      Gate gate,
      int largestRequest,
      Map<String, ApiOperation> operations) {
    ApiRoutes routes = new ApiRoutes(vertx, contract, gate, largestRequest, operations);
    Router router = Router.router(vertx);
    TreeSet<String> documented = new TreeSet<>();
    Map<String, TreeSet<String>> methods = new TreeMap<>();
    for (Operation operation : contract.operations()) {
      documented.add(operation.getOperationId());
      String path = routed(operation.getOpenAPIPath());
      methods.computeIfAbsent(path, any -> new TreeSet<>()).add(operation.getHttpMethod().name());
      Route route =
          router
              .route(operation.getHttpMethod(), path)
              .handler((SecurityPolicyHandler) context -> routes.admit(context, operation));
      if (takesBody(operation)) {
        route.handler(routes.bodies).handler(context -> routes.admitBody(context, operation));
      }
      route
          .handler(context -> routes.run(context, operation))
          .failureHandler(ProblemAnswers::write);
    }
    if (!documented.equals(operations.keySet())) {
      throw new IllegalStateException(
          "document and operations differ: %s, %s"
              .formatted(documented, new TreeSet<>(operations.keySet())));
    }
    methods.forEach(
        (path, allowed) -> router.route(path).handler(context -> refuse(context, allowed)));
    router.route().handler(context -> context.fail(404));
    return router;
  }

  private static void refuse(RoutingContext context, Set<String> allowed) {
    context.response().putHeader("Allow", String.join(", ", allowed));
    context.fail(405);
  }

  private static String routed(String documented) {
    return documented.replaceAll("\\{(\\w+)}", ":$1");
  }

  private static boolean takesBody(Operation operation) {
    return operation.getHttpMethod().equals(HttpMethod.POST);
  }

  private void admit(RoutingContext context, Operation operation) {
    gate.admit(context, operation.getOperationId());
    context.next();
  }

  private void admitBody(RoutingContext context, Operation operation) {
    gate.admitBody(context, operation.getOperationId());
    context.next();
  }

  private void run(RoutingContext context, Operation operation) {
    extractor
        .extractValidatableRequest(context, operation)
        .compose(request -> validator.validate(request, operation.getOperationId()))
        .compose(
            validated -> {
              checkTexts(validated);
              return operations
                  .get(operation.getOperationId())
                  .answer(new OperationRequest(context, validated));
            })
        .timeout(LONGEST_MILLIS, TimeUnit.MILLISECONDS)
        .onSuccess(answer -> write(context, answer))
        .onFailure(failure -> ProblemAnswers.write(context, failure));
  }

  private static void checkTexts(ValidatedRequest validated) {
    validated.getQuery().forEach((name, parameter) -> TextRule.check(name, parameter.get()));
    validated
        .getPathParameters()
        .forEach((name, parameter) -> TextRule.check(name, parameter.get()));
    if (validated.getBody() != null) {
      TextRule.check("", validated.getBody().get());
    }
  }

  private static void write(RoutingContext context, ApiResponse answer) {
    HttpServerResponse response = context.response();
    if (answer.open() || response.closed()) {
      return;
    }
    response.setStatusCode(answer.status());
    if (answer.body() == null) {
      response.end();
    } else {
      response.putHeader("Content-Type", "application/json").end(answer.body());
    }
  }
}
