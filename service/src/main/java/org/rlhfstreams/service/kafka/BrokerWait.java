package org.rlhfstreams.service.kafka;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.rlhfstreams.service.configuration.ConnectionConfiguration;
import org.rlhfstreams.service.lifecycle.Pause;

/** Waits at start until broker and registry answer, saying what it waits for. */
public final class BrokerWait {
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

  private final KafkaConnection connection;
  private final Consumer<String> messages;

  /**
   * @param messages takes a line when a wait begins
   */
  public BrokerWait(KafkaConnection connection, Consumer<String> messages) {
    this.connection = connection;
    this.messages = messages;
  }

  /**
   * Returns once both answer.
   *
   * @throws ConnectionException with the reason, after the configured time
   */
  public void await() {
    ConnectionConfiguration settings = connection.configuration().connection();
    awaitOne(
        "Kafka broker at " + settings.bootstrapServers(),
        "connection.bootstrap-servers",
        this::probeBroker);
    awaitOne(
        "schema registry at " + settings.schemaRegistryUrl(),
        "connection.schema-registry-url",
        () -> probeRegistry(settings.schemaRegistryUrl()));
  }

  private void awaitOne(String what, String setting, Probe probe) {
    Duration limit = connection.configuration().connection().startTimeout();
    long deadline = System.nanoTime() + limit.toNanos();
    boolean told = false;
    while (true) {
      String problem;
      try {
        probe.run();
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ConnectionException("interrupted while waiting for the " + what, e);
      } catch (IOException | ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        problem =
            cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
      }
      if (!told) {
        messages.accept("waiting for the " + what + " (up to " + limit.toSeconds() + " s)");
        told = true;
      }
      if (System.nanoTime() > deadline) {
        throw new ConnectionException(
            "the %s did not answer in %d s (%s): start it, or set %s to where it is"
                .formatted(what, limit.toSeconds(), problem, setting));
      }
      Pause.of(BETWEEN_TRIES);
    }
  }

  private void probeBroker() throws ExecutionException, InterruptedException {
    Map<String, Object> settings = connection.clientSettings();
    settings.put("default.api.timeout.ms", "3000");
    settings.put("request.timeout.ms", "3000");
    try (Admin admin = Admin.create(settings)) {
      admin.describeCluster().nodes().get();
    }
  }

  private static void probeRegistry(String url) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/subjects"))
            .timeout(Duration.ofSeconds(3))
            .build();
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
    int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status >= 500) {
      throw new IOException("it answered " + status);
    }
  }

  private interface Probe {
    void run() throws IOException, ExecutionException, InterruptedException;
  }
}
