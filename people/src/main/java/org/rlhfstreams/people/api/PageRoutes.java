package org.rlhfstreams.people.api;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.rlhfstreams.people.access.AccessTable;
import org.rlhfstreams.people.access.Caller;
import org.rlhfstreams.people.access.Gate;

/** The way to the pages. They hold nothing of the run; what they show they ask the API for. */
final class PageRoutes {
  private static final String LIBRARY = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";

  private PageRoutes() {}

  static void add(Router router, AccessTable access, Gate gate) {
    router
        .route()
        .handler(
            context -> {
              gate.requireOurs(context.request());
              context.next();
            });
    router
        .get("/")
        .handler(context -> redirect(context, home(access, gate.visitor(context.request()))));
    for (String page : List.of("annotate", "dashboard", "login")) {
      router.get("/" + page).handler(context -> context.reroute("/assets/" + page + ".html"));
    }
    router
        .get("/assets/uplot/*")
        .handler(files("META-INF/resources/webjars/uplot/" + version() + "/dist"));
    router.get("/assets/*").handler(files("pages"));
  }

  private static String home(AccessTable access, Optional<Caller> visitor) {
    return visitor
        .map(Caller::role)
        .map(
            role ->
                access.allows(role, "getStatus")
                    ? "/dashboard"
                    : access.allows(role, "nextComparison") ? "/annotate" : "/login")
        .orElse("/login");
  }

  private static void redirect(RoutingContext context, String address) {
    HttpServerResponse response = context.response();
    response.setStatusCode(303).putHeader("Location", address).end();
  }

  private static StaticHandler files(String root) {
    return StaticHandler.create(root)
        .setCachingEnabled(false)
        .setDirectoryListing(false)
        .setIncludeHidden(false)
        .setFilesReadOnly(true);
  }

  private static String version() {
    Properties pom = new Properties();
    try (InputStream in = PageRoutes.class.getResourceAsStream(LIBRARY)) {
      pom.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pom.getProperty("version");
  }
}
