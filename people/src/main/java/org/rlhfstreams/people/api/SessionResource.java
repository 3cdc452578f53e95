package org.rlhfstreams.people.api;

import io.vertx.core.Future;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.rlhfstreams.people.access.Caller;
import org.rlhfstreams.people.access.Gate;
import org.rlhfstreams.people.access.SecurityHeaders;
import org.rlhfstreams.people.access.Sessions;
import org.rlhfstreams.people.access.TokenRegistry;
import org.rlhfstreams.people.problems.ProblemException;

/** Who calls, and the session of a browser. */
final class SessionResource {
  private static final String ANYONE = "local";

  private final Gate gate;
  private final TokenRegistry tokens;
  private final Sessions sessions;

  SessionResource(Gate gate, TokenRegistry tokens, Sessions sessions) {
    this.gate = gate;
    this.tokens = tokens;
    this.sessions = sessions;
  }

  Future<ApiResponse> begin(OperationRequest request) {
    JsonObject body = request.body();
    String secret;
    if (tokens.isGuarded()) {
      String token = body.getString("token");
      if (token == null) {
        throw ProblemException.at(
            "token", 400, "Who are you?", "this server asks for a token, not for a name");
      }
      Optional<String> begun = sessions.begin(token);
      if (begun.isEmpty()) {
        gate.wrongToken(request.context().request());
        throw ProblemException.at(
            "token", 401, "Who are you?", "no such token holds; rlhf people token makes one");
      }
      secret = begun.get();
    } else {
      secret = sessions.beginLocally(body.getString("name", ANYONE));
    }
    request
        .context()
        .response()
        .addCookie(cookie(secret).setSecure(SecurityHeaders.isEncrypted(request.context())));
    return Future.succeededFuture(ApiResponse.of(201, json(sessions.find(secret).orElseThrow())));
  }

  Future<ApiResponse> tell(OperationRequest request) {
    return Future.succeededFuture(ApiResponse.of(200, json(request.caller())));
  }

  Future<ApiResponse> end(OperationRequest request) {
    Cookie cookie = request.context().request().getCookie(Sessions.COOKIE);
    if (cookie != null) {
      sessions.end(cookie.getValue());
    }
    request.context().response().addCookie(cookie("").setMaxAge(0));
    return Future.succeededFuture(ApiResponse.nothing());
  }

  private static Cookie cookie(String value) {
    return Cookie.cookie(Sessions.COOKIE, value)
        .setHttpOnly(true)
        .setSameSite(CookieSameSite.STRICT)
        .setPath("/");
  }

  private JsonObject json(Caller caller) {
    return new JsonObject()
        .put("asksForToken", tokens.isGuarded())
        .put("name", caller.name())
        .put("role", caller.role().text())
        .put("csrfToken", caller.csrfToken().orElse(""));
  }
}
