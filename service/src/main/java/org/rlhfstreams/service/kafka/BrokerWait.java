package org.rlhfstreams.service.kafka;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.rlhfstreams.schemas.RegistryClient;
import org.rlhfstreams.schemas.RootCause;
import org.rlhfstreams.service.configuration.ConnectionConfiguration;
import org.rlhfstreams.service.lifecycle.Retry;

/**
 * Waits at start until broker and registry answer, saying what it waits for. Who answers that this
 * client may not come in is not asked again.
 */
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
   * @throws ConnectionException with the reason, after the configured time; at once where a client
   *     cannot be made of the settings or is refused
   */
  public void await() {
    awaitBroker();
    awaitRegistry();
  }

  /**
   * Returns once the registry answers.
   *
   * @throws ConnectionException as {@link #await()}
   */
  public void awaitRegistry() {
    ConnectionConfiguration settings = connection.configuration().connection();
    RegistryClient registry =
        new RegistryClient(
            settings.schemaRegistryUrl(), connection.configuration().schemaRegistry());
    awaitOne(
        "schema registry at " + settings.schemaRegistryUrl(),
        "connection.schema-registry-url",
        () -> probeRegistry(registry));
  }

  /**
   * Returns once the broker answers.
   *
   * @throws ConnectionException as {@link #await()}
   */
  public void awaitBroker() {
    awaitOne(
        "Kafka broker at " + connection.configuration().connection().bootstrapServers(),
        "connection.bootstrap-servers",
        this::probeBroker);
  }

  private void awaitOne(String what, String setting, Retry.Step<Exception> probe) {
    Duration limit = connection.configuration().connection().startTimeout();
    AtomicBoolean told = new AtomicBoolean();
    try {
      Retry.every(BETWEEN_TRIES)
          .after(IOException.class)
          .after(ExecutionException.class)
          .within(limit)
          .telling(
              error -> {
                if (!told.getAndSet(true)) {
                  messages.accept(
                      "waiting for the " + what + " (up to " + limit.toSeconds() + " s)");
                }
              })
          .run(probe);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException("interrupted while waiting for the " + what, e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new ConnectionException(
          String.format(
              Locale.ROOT,
              "the %s did not answer in %d s (%s): start it, or set %s to where it is",
              what,
              limit.toSeconds(),
              RootCause.message(e),
              setting));
    }
  }

  private void probeBroker() throws ExecutionException, InterruptedException {
    Map<String, Object> settings = connection.clientSettings();
    settings.put("default.api.timeout.ms", "3000");
    settings.put("request.timeout.ms", "3000");
    try (Admin admin = Admin.create(settings)) {
      admin.describeCluster().nodes().get();
    } catch (ExecutionException e) {
      new BrokerRefusal(connection).endIn(e);
      throw e;
    } catch (KafkaException e) {
      throw new ConnectionException(
          "no Kafka client can be made of the settings kafka.*: " + RootCause.message(e), e);
    }
  }

  private static void probeRegistry(RegistryClient registry)
      throws IOException, InterruptedException {
    RegistryClient.Answer answer;
    try {
      answer = registry.get("/subjects", Duration.ofSeconds(3));
    } catch (SSLException e) {
      if (e.getCause() instanceof EOFException || e.getCause() instanceof SocketException) {
        throw e; // it went away, and may come back
      }
      throw new ConnectionException(
          ("no TLS with the schema registry at %s: %s;"
                  + " schema-registry.schema.registry.ssl.truststore.location must have its"
                  + " certificate or its authority's")
              .formatted(registry.url(), RootCause.message(e)),
          e);
    }
    if (answer.isRefusal()) {
      throw new ConnectionException(
          String.format(
              Locale.ROOT,
              ("the schema registry at %s does not let this client in (%d): check the user and the"
                  + " password in schema-registry.basic.auth.user.info"),
              registry.url(),
              answer.status()));
    }
    if (answer.status() >= 500) {
      throw new IOException("it answered " + answer.status());
    }
  }
}
