package org.rlhfstreams.people.pages;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * Speaks the API to the pages and keeps what it is told. It can go away without a word and come
 * back, lose answers, refuse, forget a session, and hold questions back.
 */
final class StandIn implements AutoCloseable {
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src"
          + " 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
  private static final int OF_A_PROXY = -404;
  private static final String CSRF = "a-token-against-forgery";
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
  private final HttpServer server;
  private final Set<HttpConnection> connections = new HashSet<>();
  private final Set<HttpServerResponse> streams = new HashSet<>();

  private final List<JsonObject> questions = new ArrayList<>();
  private final Map<String, JsonObject> judgements = new LinkedHashMap<>();
  private final Map<String, Integer> attempts = new HashMap<>();
  private final List<String> withdrawn = new ArrayList<>();
  private final List<JsonObject> commands = new ArrayList<>();
  private final Map<String, JsonObject> ratings = new LinkedHashMap<>();
  private final Map<String, Integer> refusals = new HashMap<>();
  private final Map<String, JsonObject> answers = new HashMap<>();
  private final List<String> requests = new ArrayList<>();
  private final List<RoutingContext> held = new ArrayList<>();
  private String person = "anna";
  private String role = "admin";
  private boolean signedIn = true;
  private boolean open;
  private boolean away;
  private boolean holding;
  private boolean losing;
  private int refusalOfQuestions;
  private int judgedBefore;

  StandIn() {
    Router router = Router.router(vertx);
    router.route().handler(this::headers);
    for (String page : List.of("annotate", "dashboard", "login")) {
      router.get("/" + page).handler(context -> file(context, "/pages/" + page + ".html"));
    }
    String charts = "/META-INF/resources/webjars/uplot/" + chartsVersion() + "/dist/";
    router
        .get("/assets/uplot/:name")
        .handler(context -> file(context, charts + context.pathParam("name")));
    router
        .get("/assets/:name")
        .handler(context -> file(context, "/pages/" + context.pathParam("name")));
    router
        .get("/")
        .handler(context -> context.redirect(role.equals("viewer") ? "/dashboard" : "/annotate"));
    router.route("/api/*").handler(BodyHandler.create(false));
    router.route("/api/v1/session").handler(this::session);
    router.route("/api/*").handler(this::onlySignedIn);
    router.get("/api/v1/comparisons/next").handler(this::next);
    router.post("/api/v1/judgements").handler(this::judge);
    router.get("/api/v1/judgements/mine").handler(this::mine);
    router.delete("/api/v1/judgements/:id").handler(this::withdraw);
    router.get("/api/v1/events").handler(this::stream);
    router.post("/api/v1/controls").handler(this::control);
    router.post("/api/v1/rollouts/:id/rating").handler(this::rate);
    router.delete("/api/v1/annotators/:name/judgements").handler(this::forget);
    router.get("/api/v1/*").handler(this::prepared);
    this.server =
        vertx.createHttpServer().connectionHandler(this::connected).requestHandler(router);
    server.listen(0, "127.0.0.1").await();
  }

  /** The version of the charts' library on the class path. */
  static String chartsVersion() {
    try (InputStream stream =
        StandIn.class.getResourceAsStream("/META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
      Properties properties = new Properties();
      properties.load(stream);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String address(String path) {
    return "http://127.0.0.1:" + server.actualPort() + path;
  }

  /** As new: no questions, nobody refused, connected, an admin signed in. */
  synchronized void reset() {
    questions.clear();
    judgements.clear();
    attempts.clear();
    withdrawn.clear();
    commands.clear();
    ratings.clear();
    refusals.clear();
    answers.clear();
    requests.clear();
    held.clear();
    streams.clear();
    person = "anna";
    role = "admin";
    signedIn = true;
    open = false;
    away = false;
    holding = false;
    losing = false;
    refusalOfQuestions = 0;
    judgedBefore = 0;
  }

  synchronized void ask(String id, String prompt, String left, String right, boolean swapped) {
    questions.add(
        new JsonObject()
            .put("comparisonId", id)
            .put("prompt", prompt)
            .put("left", left)
            .put("right", right)
            .put("swapped", swapped)
            .put("leasedUntil", Instant.now().plusSeconds(120).toString()));
  }

  /** A question about a conversation. */
  synchronized void askAbout(String id, JsonArray messages) {
    ask(id, "a transcript", "Left answer", "Right answer", false);
    questions.get(questions.size() - 1).put("messages", messages);
  }

  /** Plain questions q1, q2, ... of which every other is swapped. */
  void askPlainly(int count) {
    for (int index = 1; index <= count; index++) {
      ask(
          "q" + index,
          "Prompt " + index,
          "Left answer " + index,
          "Right answer " + index,
          index % 2 == 0);
    }
  }

  synchronized void answer(String path, JsonObject value) {
    answers.put(path, value);
  }

  /** So many were judged today before anybody looked. */
  synchronized void judgedBefore(int count) {
    judgedBefore = count;
  }

  /** As a proxy answers that does not find the service. */
  synchronized void loseBehindAProxy(String comparisonId) {
    refuse(comparisonId, OF_A_PROXY);
  }

  synchronized void refuse(String comparisonId, int status) {
    refusals.put(comparisonId, status);
  }

  synchronized void refuseQuestions(int status) {
    refusalOfQuestions = status;
  }

  /** Somebody else has signed in, in the same browser. */
  synchronized void person(String name) {
    person = name;
  }

  synchronized void role(String name) {
    role = name;
  }

  /** Names are enough, as on a machine of one's own. */
  synchronized void askForNoTokens() {
    open = true;
  }

  synchronized void endSessions() {
    signedIn = false;
  }

  /** Judgements and commands are kept, but until it comes back the answers never arrive. */
  synchronized void loseAnswers() {
    losing = true;
  }

  /** Requests for questions wait until they are let go. */
  synchronized void holdQuestions() {
    holding = true;
  }

  void releaseQuestions() {
    List<RoutingContext> released;
    synchronized (this) {
      holding = false;
      released = List.copyOf(held);
      held.clear();
    }
    vertx.runOnContext(ignored -> released.forEach(this::next));
  }

  /** Closes every connection, and new ones at once. */
  void goAway() {
    List<HttpConnection> open;
    synchronized (this) {
      away = true;
      open = List.copyOf(connections);
    }
    open.forEach(HttpConnection::close);
  }

  synchronized void comeBack() {
    away = false;
    losing = false;
  }

  /** Sends an event to all who listen. */
  void push(String name, JsonObject data) {
    List<HttpServerResponse> open;
    synchronized (this) {
      open = List.copyOf(streams);
    }
    vertx.runOnContext(
        ignored ->
            open.forEach(
                response ->
                    response.write("event: " + name + "\ndata: " + data.encode() + "\n\n")));
  }

  synchronized int listeners() {
    return streams.size();
  }

  /** Judgements that hold, in the order of their coming, as choice and comparison. */
  synchronized List<String> choices() {
    return judgements.values().stream()
        .filter(judgement -> !withdrawn.contains(judgement.getString("judgementId")))
        .map(judgement -> judgement.getString("comparisonId") + " " + judgement.getString("choice"))
        .toList();
  }

  synchronized List<JsonObject> judgements() {
    return List.copyOf(judgements.values());
  }

  synchronized Map<String, Integer> attempts() {
    return Map.copyOf(attempts);
  }

  synchronized List<String> withdrawn() {
    return List.copyOf(withdrawn);
  }

  synchronized List<JsonObject> commands() {
    return List.copyOf(commands);
  }

  /** By rollout. */
  synchronized Map<String, JsonObject> ratings() {
    return Map.copyOf(ratings);
  }

  private synchronized void rate(RoutingContext context) {
    ratings.put(context.pathParam("id"), context.body().asJsonObject());
    context.response().setStatusCode(201).end("{}");
  }

  /** Paths with their queries, in the order of their coming. */
  synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  private synchronized void connected(HttpConnection connection) {
    if (away) {
      connection.close();
      return;
    }
    connections.add(connection);
    connection.closeHandler(
        ignored -> {
          synchronized (this) {
            connections.remove(connection);
          }
        });
  }

  private void headers(RoutingContext context) {
    synchronized (this) {
      requests.add(context.request().method() + " " + context.request().uri());
      if (away) {
        context.request().connection().close();
        return;
      }
    }
    context
        .response()
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer");
    context.next();
  }

  private static void file(RoutingContext context, String resource) {
    try (InputStream stream = StandIn.class.getResourceAsStream(resource)) {
      if (stream == null) {
        context.response().setStatusCode(404).end();
        return;
      }
      context
          .response()
          .putHeader("Content-Type", TYPES.get(resource.substring(resource.lastIndexOf('.') + 1)))
          .end(Buffer.buffer(stream.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void session(RoutingContext context) {
    if (context.request().method().equals(HttpMethod.POST)) {
      JsonObject body = context.body().asJsonObject();
      if (!open && !"a-good-token".equals(body.getString("token"))) {
        problem(context, 401, "The token is not in the tokens file.");
        return;
      }
      signedIn = true;
    } else if (context.request().method().equals(HttpMethod.DELETE)) {
      signedIn = false;
    } else if (!signedIn) {
      problem(context, 401, "Nobody is signed in.");
      return;
    }
    json(
        context,
        200,
        new JsonObject()
            .put("name", person)
            .put("role", role)
            .put("csrfToken", CSRF)
            .put("asksForToken", !open));
  }

  private synchronized void onlySignedIn(RoutingContext context) {
    if (!signedIn) {
      problem(context, 401, "Nobody is signed in.");
    } else if (!context.request().method().equals(HttpMethod.GET)
        && !CSRF.equals(context.request().getHeader("X-CSRF-Token"))) {
      problem(context, 403, "X-CSRF-Token is missing.");
    } else {
      context.next();
    }
  }

  private synchronized void next(RoutingContext context) {
    if (refusalOfQuestions != 0) {
      problem(context, refusalOfQuestions, "Refused with " + refusalOfQuestions + ".");
      return;
    }
    if (holding) {
      held.add(context);
      return;
    }
    MultiMap parameters = context.queryParams();
    if (String.valueOf(parameters.get("exclude")).length() > 3_000) {
      problem(context, 400, "exclude is longer than 3,000 characters.");
      return;
    }
    Set<String> excluded =
        new HashSet<>(Arrays.asList(String.valueOf(parameters.get("exclude")).split(",", -1)));
    Set<String> judged = new HashSet<>();
    for (JsonObject judgement : judgements.values()) {
      if (!withdrawn.contains(judgement.getString("judgementId"))) {
        judged.add(judgement.getString("comparisonId"));
      }
    }
    questions.stream()
        .filter(question -> !excluded.contains(question.getString("comparisonId")))
        .filter(question -> !judged.contains(question.getString("comparisonId")))
        .findFirst()
        .ifPresentOrElse(
            question -> json(context, 200, question),
            () -> context.response().setStatusCode(204).end());
  }

  private synchronized void judge(RoutingContext context) {
    JsonObject judgement = context.body().asJsonObject();
    String id = judgement.getString("judgementId");
    attempts.merge(id, 1, Integer::sum);
    int refusal = refusals.getOrDefault(judgement.getString("comparisonId"), 0);
    if (refusal == OF_A_PROXY) {
      context.response().setStatusCode(404).end("404 page not found");
      return;
    }
    if (refusal != 0) {
      if (refusal == 503) {
        context.response().putHeader("Retry-After", "1");
      }
      problem(context, refusal, "Refused with " + refusal + ".");
      return;
    }
    boolean first = judgements.putIfAbsent(id, judgement) == null;
    if (losing) {
      context.request().connection().close();
      return;
    }
    json(context, first ? 201 : 200, judgement);
  }

  private synchronized void withdraw(RoutingContext context) {
    String id = context.pathParam("id");
    if (!judgements.containsKey(id)) {
      problem(context, 404, "There is no such judgement.");
      return;
    }
    withdrawn.add(id);
    json(context, 200, new JsonObject().put("judgementId", id));
  }

  private synchronized void mine(RoutingContext context) {
    List<JsonObject> mine = new ArrayList<>(judgements.values());
    mine.removeIf(judgement -> withdrawn.contains(judgement.getString("judgementId")));
    JsonArray newest = new JsonArray();
    if (!mine.isEmpty()) {
      newest.add(mine.get(mine.size() - 1));
    }
    json(
        context,
        200,
        new JsonObject()
            .put("judgements", newest)
            .put("count", mine.size())
            .put("today", mine.size() + judgedBefore)
            .put("perHour", 212));
  }

  private synchronized void stream(RoutingContext context) {
    HttpServerResponse response = context.response();
    response.setChunked(true).putHeader("Content-Type", "text/event-stream");
    response.write(": here\n\n");
    streams.add(response);
    response.closeHandler(
        ignored -> {
          synchronized (this) {
            streams.remove(response);
          }
        });
  }

  private synchronized void control(RoutingContext context) {
    commands.add(context.body().asJsonObject());
    if (losing) {
      context.request().connection().close();
      return;
    }
    json(context, 202, new JsonObject().put("commandId", "command-" + commands.size()));
  }

  private synchronized void forget(RoutingContext context) {
    commands.add(new JsonObject().put("forget", context.pathParam("name")));
    json(context, 200, new JsonObject().put("withdrawn", 7));
  }

  private synchronized void prepared(RoutingContext context) {
    JsonObject answer = answers.get(context.request().path().substring("/api/v1".length()));
    if (answer == null) {
      problem(context, 404, "Nothing is prepared for " + context.request().path() + ".");
    } else {
      json(context, 200, answer);
    }
  }

  private static void json(RoutingContext context, int status, JsonObject body) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(body.encode());
  }

  private static void problem(RoutingContext context, int status, String detail) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/problem+json")
        .end(
            new JsonObject()
                .put("type", "about:blank")
                .put("title", "Refused")
                .put("status", status)
                .put("detail", detail)
                .encode());
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
