package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.openapi.contract.OpenAPIContract;
import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.rlhfstreams.people.access.AccessTable;
import org.rlhfstreams.people.access.Gate;
import org.rlhfstreams.people.access.LoopbackRule;
import org.rlhfstreams.people.access.SecurityHeaders;
import org.rlhfstreams.people.access.Sessions;
import org.rlhfstreams.people.access.TokenRegistry;
import org.rlhfstreams.people.access.WebhookSignature;
import org.rlhfstreams.people.desk.Desk;
import org.rlhfstreams.people.live.EventViewers;
import org.rlhfstreams.people.live.LiveViews;
import org.rlhfstreams.people.live.StagesView;
import org.rlhfstreams.people.problems.ProblemException;
import org.rlhfstreams.people.publish.Outbox;
import org.rlhfstreams.people.publish.PublishedOnce;
import org.rlhfstreams.schemas.Topics;
import org.rlhfstreams.service.configuration.PeopleConfiguration;
import org.rlhfstreams.service.kafka.ConnectionException;
import org.rlhfstreams.service.lifecycle.ShutdownBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the API and the pages. Knows views and an outbox, but not what fills the one or empties
 * the other.
 */
public final class PeopleServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeopleServer.class);
  private static final long START_SECONDS = 30;
  private static final int MOST_HEADER_BYTES = 8 << 10;
  private static final int MOST_ADDRESS_BYTES = 8 << 10;
  private static final int IDLE_SECONDS = 60;
  private static final long NEWS_MILLIS = 200;
  private static final long STATUS_MILLIS = 2_000;
  private static final long RENEW_MILLIS = 15_000;
  private static final long LOOK_MILLIS = 500;
  private static final int[] STATUS_OF_ROUTES = {400, 404, 405, 406, 413, 414, 415, 431, 500, 501};

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(2));
  private final EventViewers viewers = new EventViewers();
  private final HttpServer server;
  private final String host;

  private PeopleServer(
      LoopbackRule loopback,
      TokenRegistry tokens,
      PeopleConfiguration settings,
      Topics topics,
      LiveViews views,
      StagesView stages,
      Outbox outbox,
      Clock clock)
      throws TimeoutException {
    this.host = settings.host();
    ApiDocument document = ApiDocument.load();
    JsonObject served = document.json();
    AccessTable access = new AccessTable(served);
    Sessions sessions = new Sessions(tokens, clock);
    Gate gate =
        new Gate(
            access,
            loopback,
            tokens,
            sessions,
            settings.requestsPerSecond(),
            settings.argillaSecretFile().map(file -> WebhookSignature.of(file, clock)));
    Desk desk = new Desk(views.comparisons(), views.judgements(), settings.lease(), clock);
    PublishedOnce once = new PublishedOnce(outbox);
    RunResource run = new RunResource(views, stages);
    OpenAPIContract contract = document.contract(vertx).await(START_SECONDS, TimeUnit.SECONDS);

    SessionResource session = new SessionResource(gate, tokens, sessions);
    ComparisonResource comparison = new ComparisonResource(desk);
    JudgementResource judgement =
        new JudgementResource(
            views.comparisons(), views.judgements(), desk, once, topics.judgements().name(), clock);
    PreferencePublisher publisher =
        new PreferencePublisher(views.preferences(), once, topics.preferences().name());
    PreferenceResource preference =
        new PreferenceResource(publisher, document.validator("PreferenceEvent"), clock);
    PromptResource prompt = new PromptResource(once, topics.prompts().name(), clock);
    RevisionPublisher revisions = new RevisionPublisher(views, once, topics);
    IntegrationResource integration =
        new IntegrationResource(views.comparisons(), revisions, clock);
    LabelStudioTasks labelStudio = new LabelStudioTasks(views.preferences(), revisions, clock);
    WithdrawalResource withdrawal =
        new WithdrawalResource(views.judgements(), views.preferences(), once, topics, clock);
    RolloutResource rollout = new RolloutResource(views.rollouts());
    RatingResource rating =
        new RatingResource(views.rateable(), once, topics.scores().name(), clock);
    ControlResource control =
        new ControlResource(views.controls(), once, topics.controls().name(), clock);
    EventResource event = new EventResource(viewers, gate);

    Map<String, ApiOperation> operations = new HashMap<>();
    operations.put("getDocument", request -> Future.succeededFuture(ApiResponse.of(200, served)));
    operations.put("createSession", session::begin);
    operations.put("getSession", session::tell);
    operations.put("deleteSession", session::end);
    operations.put("nextComparison", comparison::next);
    operations.put("submitJudgement", judgement::submit);
    operations.put("withdrawJudgement", judgement::withdraw);
    operations.put("withdrawAnnotator", withdrawal::withdrawAnnotator);
    operations.put("listMyJudgements", judgement::mine);
    operations.put("publishPreference", preference::publish);
    operations.put("publishPreferences", preference::publishMany);
    operations.put("withdrawPreference", withdrawal::withdrawPreference);
    operations.put("publishPrompts", prompt::publish);
    operations.put("receiveArgilla", integration::receiveArgilla);
    operations.put("receiveLabelStudio", integration::receiveLabelStudio);
    operations.put("importLabelStudio", labelStudio::receive);
    operations.put("exportArgilla", integration::exportArgilla);
    operations.put("exportLabelStudio", integration::exportLabelStudio);
    operations.put("listRollouts", rollout::newest);
    operations.put("listRolloutsOfPrompt", rollout::ofPrompt);
    operations.put("listUnratedRollouts", rating::unrated);
    operations.put("rateRollout", rating::rate);
    operations.put("getStatus", run::status);
    operations.put("getMetrics", run::metrics);
    operations.put("listAnnotators", run::annotators);
    operations.put("listDeadLetters", run::deadLetters);
    operations.put("streamEvents", event::stream);
    operations.put("control", control::control);

    Router router = Router.router(vertx);
    router.route().handler(new SecurityHeaders());
    router
        .route(ApiDocument.BASE + "/*")
        .subRouter(ApiRoutes.of(vertx, contract, gate, settings.largestRequest(), operations));
    PageRoutes.add(router, access, gate);
    for (int status : STATUS_OF_ROUTES) {
      router.errorHandler(status, ProblemAnswers::write);
    }
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setMaxHeaderSize(MOST_HEADER_BYTES)
                    .setMaxInitialLineLength(MOST_ADDRESS_BYTES)
                    .setHttp2ClearTextEnabled(false)
                    .setIdleTimeout(IDLE_SECONDS))
            .invalidRequestHandler(PeopleServer::refuse)
            .requestHandler(router);
    every(NEWS_MILLIS, tick -> viewers.send(views.feed().take()));
    every(STATUS_MILLIS, tick -> views.feed().tell("status", run::status));
    every(RENEW_MILLIS, tick -> viewers.renew());
    every(
        LOOK_MILLIS,
        tick ->
            vertx.executeBlocking(
                () -> {
                  tokens.refresh();
                  desk.tidy();
                  return null;
                }));
  }

  /**
   * Starts serving.
   *
   * @param stages how the stages keep up
   * @param clock of leases, sessions and events
   * @throws org.rlhfstreams.service.configuration.ConfigurationException where it would be open to
   *     other machines without tokens, or the tokens file is not in order
   * @throws ConnectionException where the port is taken
   */
  public static PeopleServer start(
      PeopleConfiguration settings,
      Topics topics,
      LiveViews views,
      StagesView stages,
      Outbox outbox,
      Clock clock) {
    LoopbackRule loopback = LoopbackRule.of(settings);
    TokenRegistry tokens = new TokenRegistry(settings.tokensFile());
    PeopleServer server;
    try {
      server = new PeopleServer(loopback, tokens, settings, topics, views, stages, outbox, clock);
    } catch (TimeoutException e) {
      throw new ConnectionException("the OpenAPI document was not read in time", e);
    }
    try {
      server
          .server
          .listen(settings.httpPort(), settings.host())
          .await(START_SECONDS, TimeUnit.SECONDS);
      return server;
    } catch (Exception e) { // Vert.x throws what bind threw, checked or not
      server.close();
      throw new ConnectionException(
          String.format(
              Locale.ROOT,
              ("port %d on %s is in use or not ours to take (%s): name another with people.http-port,"
                  + " or 0 for a free one"),
              settings.httpPort(),
              settings.host(),
              e.getMessage()),
          e);
    }
  }

  private void every(long millis, Handler<Long> action) {
    vertx.setPeriodic(millis, action);
  }

  /** A request that is none: too long, or not HTTP. */
  private static void refuse(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    String kind = cause == null ? "" : cause.getClass().getSimpleName();
    LOG.debug("a request is no HTTP", cause);
    int status =
        switch (kind) {
          case "TooLongHttpLineException" -> 414;
          case "TooLongHttpHeaderException" -> 431;
          default -> 400;
        };
    ProblemException problem = ProblemAnswers.ofStatus(status);
    ProblemAnswers.write(request.response(), problem);
    request.connection().close();
  }

  /** The port that it serves on. */
  public int port() {
    return server.actualPort();
  }

  /** Where a browser finds it. */
  public String url() {
    boolean isSix = host.contains(":");
    return "http://" + (isSix ? "[" + host + "]" : host) + ":" + port();
  }

  /** How many look on by events. */
  public int viewers() {
    return viewers.count();
  }

  @Override
  public void close() {
    try {
      vertx.close().await(ShutdownBudget.SERVER.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new ConnectionException(
          String.format(
              Locale.ROOT, "the HTTP API did not stop in %d s", ShutdownBudget.SERVER.toSeconds()),
          e);
    }
  }
}
