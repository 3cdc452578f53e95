package org.rlhfstreams.service.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.rlhfstreams.service.metrics.ProcessMeters;

/**
 * Serves {@code /health} (the process works), {@code /ready} (it takes work) and {@code /metrics}
 * (for Prometheus), and what a role adds.
 */
public final class OperationsEndpoint implements AutoCloseable {
  private final Vertx vertx;
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ProcessMeters process;
  private final HttpServer server;
  private final String host;

  private OperationsEndpoint(
      String host,
      Supplier<Optional<String>> failure,
      Supplier<Optional<String>> unready,
      Consumer<Router> routes) {
    this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
    this.process = new ProcessMeters(meters);
    Router router = Router.router(vertx);
    router.get("/health").handler(context -> answer(context, "healthy", failure.get()));
    router.get("/ready").handler(context -> answer(context, "ready", failure.get().or(unready)));
    router
        .get("/metrics")
        .handler(
            context ->
                context
                    .response()
                    .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                    .end(meters.scrape()));
    routes.accept(router);
    this.server = vertx.createHttpServer().requestHandler(router);
    this.host = host;
  }

  /**
   * Starts serving.
   *
   * @param port 0 takes a free one
   * @param setting the setting that names another port, for the message
   * @param failure why the process no longer works, if it does not
   * @param unready why it takes no work yet, if it does not
   * @throws ConnectionException where the port is taken
   */
  public static OperationsEndpoint start(
      String host,
      int port,
      String setting,
      Supplier<Optional<String>> failure,
      Supplier<Optional<String>> unready) {
    return start(host, port, setting, failure, unready, router -> {});
  }

  /**
   * Starts serving, and a role's own routes too.
   *
   * @param port 0 takes a free one
   * @param setting the setting that names another port, for the message
   * @param failure why the process no longer works, if it does not
   * @param unready why it takes no work yet, if it does not
   * @param routes adds what the role serves; its handlers run on the event loop and never block
   * @throws ConnectionException where the port is taken
   */
  public static OperationsEndpoint start(
      String host,
      int port,
      String setting,
      Supplier<Optional<String>> failure,
      Supplier<Optional<String>> unready,
      Consumer<Router> routes) {
    OperationsEndpoint endpoint = new OperationsEndpoint(host, failure, unready, routes);
    try {
      endpoint.server.listen(port, host).await(20, TimeUnit.SECONDS);
      return endpoint;
    } catch (TimeoutException e) {
      endpoint.close();
      throw new ConnectionException("the health endpoint did not start in 20 s", e);
    } catch (Exception e) { // Vert.x throws what bind threw, checked or not
      endpoint.close();
      throw FreePort.taken(host, port, setting, e);
    }
  }

  /** Where a process counts. */
  public MeterRegistry meters() {
    return meters;
  }

  /** The port that it serves on. */
  public int port() {
    return server.actualPort();
  }

  /** The address that it serves on. */
  public String host() {
    return host;
  }

  private static void answer(RoutingContext context, String state, Optional<String> problem) {
    JsonObject body = new JsonObject().put("status", problem.isEmpty() ? state : "not " + state);
    problem.ifPresent(reason -> body.put("reason", reason));
    context
        .response()
        .setStatusCode(problem.isEmpty() ? 200 : 503)
        .putHeader("Content-Type", "application/json")
        .end(body.encode());
  }

  @Override
  public void close() {
    process.close();
    try {
      vertx.close().await(ShutdownBudget.SERVER.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new ConnectionException(
          String.format(
              Locale.ROOT,
              "the health endpoint did not stop in %d s",
              ShutdownBudget.SERVER.toSeconds()),
          e);
    }
  }
}
