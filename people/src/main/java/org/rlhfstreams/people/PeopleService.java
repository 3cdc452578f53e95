package org.rlhfstreams.people;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.rlhfstreams.people.api.PeopleServer;
import org.rlhfstreams.people.live.LiveLog;
import org.rlhfstreams.people.live.LiveViews;
import org.rlhfstreams.people.live.StageSampler;
import org.rlhfstreams.people.live.StagesView;
import org.rlhfstreams.people.publish.TransactionalOutbox;
import org.rlhfstreams.service.kafka.KafkaConnection;
import org.rlhfstreams.service.lifecycle.ShutdownSequence;

/**
 * The pages and the HTTP API for people and applications, over the log. One process serves them.
 */
public final class PeopleService implements AutoCloseable {
  private final ShutdownSequence opened = new ShutdownSequence();
  private final LiveLog log;
  private final TransactionalOutbox outbox;
  private final PeopleServer server;

  private PeopleService(KafkaConnection connection, MeterRegistry meters) {
    try {
      LiveViews views = LiveViews.empty();
      StagesView stages = new StagesView();
      this.log = opened.add(LiveLog.start(connection, views));
      this.outbox = opened.add(TransactionalOutbox.start(connection, log, views.feed()::open));
      StageSampler unused = opened.add(StageSampler.start(connection, views, stages));
      this.server =
          opened.add(
              PeopleServer.start(
                  connection.configuration().people(),
                  connection.topics(),
                  views,
                  stages,
                  outbox,
                  Clock.systemUTC()));
      Gauge.builder("rlhf.people.viewers", server, PeopleServer::viewers)
          .description("Browsers that look on by events")
          .register(meters);
      Gauge.builder("rlhf.people.comparisons.open", views.comparisons()::countOpen)
          .description("Questions that are open")
          .register(meters);
      Gauge.builder("rlhf.people.judgements", views.judgements()::count)
          .description("Judgements that count")
          .register(meters);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Starts serving at {@code people.host} and {@code people.http-port}. Until the log is read, and
   * while the broker is away, it answers what it can and says 503 to what it cannot.
   *
   * @throws org.rlhfstreams.service.configuration.ConfigurationException where it would be open to
   *     other machines without tokens, or the tokens file is not in order
   * @throws org.rlhfstreams.service.kafka.ConnectionException where the port is taken
   */
  public static PeopleService start(KafkaConnection connection, MeterRegistry meters) {
    return new PeopleService(connection, meters);
  }

  /** Why judgements are not taken now, if they are not. */
  public Optional<String> unready() {
    return outbox.session().isPresent()
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

  @Override
  public void close() {
    opened.close();
  }
}
