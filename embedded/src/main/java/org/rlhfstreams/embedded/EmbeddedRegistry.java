package org.rlhfstreams.embedded;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.avro.Schema;

/**
 * A schema registry with the REST paths of Confluent's that serializers and administrators use. Its
 * schemas are events in the broker's {@code _schemas} topic.
 */
public final class EmbeddedRegistry implements AutoCloseable {
  private final Vertx vertx;
  private final HttpServer server;
  private final SubjectTable table = new SubjectTable();
  private final RegistryLog log;

  private EmbeddedRegistry(Map<String, Object> client, int port) {
    this.log = new RegistryLog(client, table);
    this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
    this.server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port))
            .requestHandler(routes());
  }

  /**
   * Starts a registry that continues with the broker's schemas.
   *
   * @param port of the REST API on loopback; 0 takes a free one
   * @throws EmbeddedException where the port is taken
   */
  public static EmbeddedRegistry start(String bootstrapServers, int port) {
    return start(Map.of("bootstrap.servers", bootstrapServers), port);
  }

  /**
   * Starts a registry that continues with the schemas of a broker that is not open to everyone.
   *
   * @param client settings of its Kafka clients: address and credentials
   * @param port of the REST API on loopback; 0 takes a free one
   * @throws EmbeddedException where the port is taken
   */
  public static EmbeddedRegistry start(Map<String, Object> client, int port) {
    if (port != 0) {
      Ports.requireFree(port, "schema registry", "--registry-port");
    }
    EmbeddedRegistry registry = new EmbeddedRegistry(client, port);
    try {
      registry.server.listen().await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      registry.close();
      throw new EmbeddedException("the embedded registry did not start in 20 s", e);
    }
    return registry;
  }

  /** Base URL for clients. */
  public String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  private Router routes() {
    Router router = Router.router(vertx);
    router.route().handler(BodyHandler.create(false));
    get(router, "/subjects", context -> table.subjects());
    get(router, "/schemas/ids/:id", this::schemaById);
    get(router, "/config", context -> Map.of("compatibilityLevel", table.globalLevel()));
    get(router, "/config/:subject", this::level);
    route(router, HttpMethod.PUT, "/config", this::setLevel);
    route(router, HttpMethod.PUT, "/config/:subject", this::setLevel);
    get(router, "/mode", context -> Map.of("mode", "READWRITE"));
    get(router, "/mode/:subject", context -> Map.of("mode", "READWRITE"));
    get(router, "/subjects/:subject/versions", this::versions);
    get(router, "/subjects/:subject/versions/:version", this::version);
    route(router, HttpMethod.POST, "/subjects/:subject/versions", this::register);
    route(router, HttpMethod.POST, "/subjects/:subject", this::lookUp);
    route(
        router,
        HttpMethod.POST,
        "/compatibility/subjects/:subject/versions/:version",
        context -> Map.of("is_compatible", table.compatible(subject(context), schemaOf(context))));
    return router;
  }

  private void get(Router router, String path, Function<RoutingContext, Object> answer) {
    route(router, HttpMethod.GET, path, answer);
  }

  private void route(
      Router router, HttpMethod method, String path, Function<RoutingContext, Object> answer) {
    // Blocking, in order: registration waits for the log.
    router.route(method, path).blockingHandler(context -> respond(context, answer), true);
  }

  private void respond(RoutingContext context, Function<RoutingContext, Object> answer) {
    int status = 200;
    Object body;
    try {
      synchronized (table) {
        body = answer.apply(context);
      }
    } catch (RegistryRefusal e) {
      status = e.status();
      body = Map.of("error_code", e.code(), "message", e.getMessage());
    }
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/vnd.schemaregistry.v1+json")
        .end(Json.encode(body));
  }

  private Object schemaById(RoutingContext context) {
    return Map.of("schema", table.schema(number(context, "id")).toString());
  }

  private Object level(RoutingContext context) {
    String subject = subject(context);
    return Map.of(
        "compatibilityLevel",
        table
            .ownLevel(subject)
            .or(
                () ->
                    "true".equals(context.request().getParam("defaultToGlobal"))
                        ? java.util.Optional.of(table.globalLevel())
                        : java.util.Optional.empty())
            .orElseThrow(
                () ->
                    new RegistryRefusal(
                        404,
                        40408,
                        "Subject '" + subject + "' does not have subject-level compatibility")));
  }

  private Object setLevel(RoutingContext context) {
    String level = body(context).getString("compatibility", "").toUpperCase(Locale.ROOT);
    if (!level.matches("NONE|(BACKWARD|FORWARD|FULL)(_TRANSITIVE)?")) {
      throw new RegistryRefusal(422, 42203, "Invalid compatibility level: " + level);
    }
    String subject = context.pathParam("subject") == null ? "" : subject(context);
    table.setLevel(subject, level);
    log.levelSet(subject, level);
    return Map.of("compatibility", level);
  }

  private Object versions(RoutingContext context) {
    return IntStream.rangeClosed(1, table.versions(subject(context)).size()).boxed().toList();
  }

  private Object version(RoutingContext context) {
    List<Integer> ids = table.versions(subject(context));
    boolean latest = context.pathParam("version").equals("latest");
    int version = latest ? ids.size() : number(context, "version");
    if (version < 1 || version > ids.size()) {
      throw new RegistryRefusal(404, 40402, "Version " + version + " not found.");
    }
    return described(subject(context), version, ids.get(version - 1));
  }

  private Object register(RoutingContext context) {
    String subject = subject(context);
    Schema schema = schemaOf(context);
    int id = table.admit(subject, schema);
    boolean isNew = !table.subjects().contains(subject) || !table.versions(subject).contains(id);
    if (isNew) {
      log.schemaAdded(subject, id, schema.toString());
      table.add(subject, id, schema);
    }
    return Map.of("id", id);
  }

  private Object lookUp(RoutingContext context) {
    String subject = subject(context);
    List<Integer> ids = table.versions(subject);
    int index = table.idOf(schemaOf(context)).map(ids::indexOf).orElse(-1);
    if (index < 0) {
      throw new RegistryRefusal(404, 40403, "Schema not found");
    }
    return described(subject, index + 1, ids.get(index));
  }

  private Object described(String subject, int version, int id) {
    Map<String, Object> description = new TreeMap<>();
    description.put("subject", subject);
    description.put("version", version);
    description.put("id", id);
    description.put("schema", table.schema(id).toString());
    return description;
  }

  private static Schema schemaOf(RoutingContext context) {
    return SubjectTable.parse(body(context).getString("schema", ""));
  }

  private static JsonObject body(RoutingContext context) {
    try {
      JsonObject body = context.body().asJsonObject();
      return body == null ? new JsonObject() : body;
    } catch (RuntimeException e) {
      throw new RegistryRefusal(422, 42201, "the body is not JSON: " + e.getMessage());
    }
  }

  private static String subject(RoutingContext context) {
    return context.pathParam("subject");
  }

  private static int number(RoutingContext context, String name) {
    try {
      return Integer.parseInt(context.pathParam(name));
    } catch (NumberFormatException e) {
      throw new RegistryRefusal(422, 42202, name + " is not a number");
    }
  }

  @Override
  public void close() {
    try {
      vertx.close().await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new EmbeddedException("the embedded registry did not stop in 10 s", e);
    } finally {
      log.close();
    }
  }
}
