package org.rlhfstreams.people;

import io.micrometer.core.instrument.Gauge;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.rlhfstreams.people.access.LoopbackRule;
import org.rlhfstreams.people.access.TokenRegistry;
import org.rlhfstreams.people.api.PeopleServer;
import org.rlhfstreams.people.live.LiveLog;
import org.rlhfstreams.people.live.LiveViews;
import org.rlhfstreams.people.live.StageSampler;
import org.rlhfstreams.people.live.StagesView;
import org.rlhfstreams.people.publish.TransactionalOutbox;
import org.rlhfstreams.service.configuration.ConfigurationException;
import org.rlhfstreams.service.configuration.PeopleConfiguration;
import org.rlhfstreams.service.configuration.RlhfConfiguration;
import org.rlhfstreams.service.http.FreePort;
import org.rlhfstreams.service.http.OperationsEndpoint;
import org.rlhfstreams.service.index.TemporaryIndex;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The role people as a process: the pages and the HTTP API for people and applications, over the
 * log, on one port; health and metrics on another.
 */
public final class PeopleService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeopleService.class);

  private final ShutdownSequence opened = new ShutdownSequence();
  private final LiveLog log;
  private final TransactionalOutbox outbox;
  private final PeopleServer server;
  private volatile boolean started;
  private final OperationsEndpoint endpoint;

  private PeopleService(KafkaConnection connection) {
    RlhfConfiguration configuration = connection.configuration();
    PeopleConfiguration settings = configuration.people();
    requireEnabled(settings);
    try {
      this.endpoint =
          opened.add(
              OperationsEndpoint.start(
                  configuration.operations().host(),
                  settings.operationsPort(),
                  "people.operations-port",
                  this::failure,
                  this::unready));
      TemporaryIndex index =
          opened.add(TemporaryIndex.open(settings.stateDirectory(), "people.state-directory"));
      LiveViews views = LiveViews.empty(index);
      StagesView stages = new StagesView();
      this.log = opened.add(LiveLog.start(connection, views));
      this.outbox = opened.add(TransactionalOutbox.start(connection, log, views.feed()::open));
      opened.add(StageSampler.start(connection, views, stages));
      this.server =
          opened.add(
              PeopleServer.start(
                  settings, connection.topics(), views, stages, outbox, Clock.systemUTC()));
      Gauge.builder("rlhf.people.viewers", server, PeopleServer::viewers)
          .description("Browsers that look on by events")
          .register(endpoint.meters());
      Gauge.builder("rlhf.people.comparisons.open", views.comparisons()::countOpen)
          .description("Questions that are open")
          .register(endpoint.meters());
      Gauge.builder("rlhf.people.judgements", views.judgements()::count)
          .description("Judgements that count")
          .register(endpoint.meters());
      started = true;
      LOG.info("pages at {}", server.url());
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Starts serving at {@code people.host} and {@code people.http-port}. Until the log is read, and
   * while the broker is away, it answers what it can and says 503 to what it cannot.
   *
   * @throws ConfigurationException if {@code people.enabled} is false, it would be open to other
   *     machines without tokens, or the tokens file is not in order
   * @throws org.rlhfstreams.service.kafka.ConnectionException if a port is taken
   */
  public static PeopleService start(KafkaConnection connection) {
    return new PeopleService(connection);
  }

  /**
   * Checks what settings and files tell, before anything is started.
   *
   * @throws ConfigurationException as {@link #start} would
   * @throws org.rlhfstreams.service.kafka.ConnectionException if a port is taken
   */
  public static void require(RlhfConfiguration configuration) {
    PeopleConfiguration settings = configuration.people();
    requireEnabled(settings);
    LoopbackRule.of(settings);
    new TokenRegistry(settings.tokensFile());
    FreePort.require(settings.host(), settings.httpPort(), "people.http-port");
    FreePort.require(
        configuration.operations().host(), settings.operationsPort(), "people.operations-port");
  }

  private static void requireEnabled(PeopleConfiguration settings) {
    if (!settings.enabled()) {
      throw new ConfigurationException(
          "people.enabled = false: the controller makes no comparisons and counts no judgements, so"
              + " there is nothing to serve; set people.enabled = true for the controller and for"
              + " this role");
    }
  }

  /** Why judgements are not taken now, if they are not. */
  public Optional<String> unready() {
    return started && outbox.session().isPresent()
        ? Optional.empty()
        : Optional.of("judgements are not taken until the log is read");
  }

  /** Where a browser finds it. */
  public String url() {
    return server.url();
  }

  /** The port that it serves on. */
  public int port() {
    return server.port();
  }

  /** Completes when a part of it ends; exceptionally where it failed. */
  public CompletableFuture<Void> ended() {
    return CompletableFuture.anyOf(log.ended(), outbox.ended()).thenApply(any -> null);
  }

  private Optional<String> failure() {
    return outbox != null && ended().isCompletedExceptionally()
        ? Optional.of("the service has failed; its log says why")
        : Optional.empty();
  }

  /** Where health and metrics are served. */
  public OperationsEndpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    opened.close();
  }
}
