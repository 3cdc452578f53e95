package org.rlhfstreams.it;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PfxOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A registry's public side: TLS, and a user with a password. */
final class RegistryGate implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = vertx.createHttpClient();
  private final int port;
  private final String authorization;
  private final HttpServer server;

  /**
   * @param registry base URL of the registry behind it
   * @param user with the password, {@code user:password}
   */
  RegistryGate(String registry, String user, Path keyStore, String password)
      throws TimeoutException {
    this.port = URI.create(registry).getPort();
    this.authorization =
        "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(0)
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PfxOptions().setPath(keyStore.toString()).setPassword(password)))
            .requestHandler(this::handle);
    server.listen().await(20, TimeUnit.SECONDS);
  }

  String url() {
    return "https://127.0.0.1:" + server.actualPort();
  }

  private void handle(HttpServerRequest request) {
    if (!authorization.equals(request.getHeader("Authorization"))) {
      answer(request, 401, Buffer.buffer("{\"error_code\":401,\"message\":\"Unauthorized\"}"));
      return;
    }
    request
        .body()
        .compose(
            body ->
                client
                    .request(request.method(), port, "127.0.0.1", request.uri())
                    .compose(out -> out.send(body)))
        .compose(
            behind -> behind.body().onSuccess(body -> answer(request, behind.statusCode(), body)))
        .onFailure(error -> answer(request, 502, Buffer.buffer("{}")));
  }

  private static void answer(HttpServerRequest request, int status, Buffer body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/vnd.schemaregistry.v1+json")
        .end(body);
  }

  @Override
  public void close() throws TimeoutException {
    vertx.close().await(10, TimeUnit.SECONDS);
  }
}
