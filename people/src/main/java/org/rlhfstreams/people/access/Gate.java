package org.rlhfstreams.people.access;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.rlhfstreams.people.problems.ProblemException;

/**
 * Where every request to the API comes by before anything of it is read: the rule of loopback, who
 * calls, how often, whether they may, and whether it is really they.
 */
public final class Gate {
  private static final String CALLER = Gate.class.getName();
  private static final String BEARER = "Bearer ";
  private static final int LONGEST_TOKEN = 256;
  private static final Set<HttpMethod> SAFE =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private static final List<String> OF_PROXIES =
      List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

  /** What a signature speaks for, once the body has been looked at. */
  private static final String SIGNED = "receiveArgilla";

  private static final Caller SIGNER =
      new Caller("argilla", PersonRole.APPLICATION, "webhooks of argilla", Optional.empty());

  /** Wrong tokens a second that one address may try; far more would find none. */
  private static final double WRONG_TOKENS_A_SECOND = 20;

  private final AccessTable access;
  private final LoopbackRule loopback;
  private final TokenRegistry tokens;
  private final Sessions sessions;
  private final RateLimits rates;
  private final Optional<WebhookSignature> webhooks;
  private final RateLimits wrongTokens = new RateLimits(WRONG_TOKENS_A_SECOND);

  /**
   * @param requestsPerSecond of one caller
   * @param webhooks by which events of a tool that has no token are known
   */
  public Gate(
      AccessTable access,
      LoopbackRule loopback,
      TokenRegistry tokens,
      Sessions sessions,
      double requestsPerSecond,
      Optional<WebhookSignature> webhooks) {
    this.access = access;
    this.webhooks = webhooks;
    this.loopback = loopback;
    this.tokens = tokens;
    this.sessions = sessions;
    this.rates = new RateLimits(requestsPerSecond);
  }

  /**
   * Lets a request in, or does not.
   *
   * @param operation its id in the OpenAPI document
   * @throws ProblemException 401, 403, 421 or 429, saying which
   */
  public void admit(RoutingContext context, String operation) {
    HttpServerRequest request = context.request();
    requireOurs(request);
    Optional<Caller> caller = identify(request, operation);
    // Whether a signature is right is not known yet.
    limit(
        caller
            .filter(known -> !known.equals(SIGNER))
            .map(Caller::rateKey)
            .orElseGet(() -> address(request)));
    if (caller.isEmpty()) {
      if (!access.isOpen(operation)) {
        throw ProblemException.at(
            "Authorization",
            401,
            "Who are you?",
            "no valid token or session comes with this request: send Authorization: Bearer TOKEN,"
                + " or begin a session at /login");
      }
      return;
    }
    if (!access.allows(caller.get().role(), operation)) {
      throw ProblemException.of(
          403,
          "Not yours to do",
          "the role %s may not do this".formatted(caller.get().role().text()));
    }
    // Whoever begins a session has no token of it yet; the origin was looked at above.
    if (!operation.equals("createSession")) {
      requireCsrfToken(request, caller.get());
    }
    context.put(CALLER, caller.get());
  }

  /** Refuses a request for another host, or one that another site's page makes. */
  public void requireOurs(HttpServerRequest request) {
    String host = request.authority() == null ? null : request.authority().toString();
    if (!loopback.allowsHost(host)) {
      throw ProblemException.at(
          "Host",
          421,
          "Another host",
          "without tokens this server answers to localhost and its own address alone");
    }
    if (!loopback.allowsProxies() && OF_PROXIES.stream().anyMatch(request.headers()::contains)) {
      throw ProblemException.of(
          403,
          "Through a proxy",
          "without people.tokens-file this server answers this machine alone, and a proxy hands on"
              + " requests of others: make tokens with rlhf people token");
    }
    if (!SAFE.contains(request.method())
        && !loopback.allowsOrigin(
            request.getHeader("Origin"), request.getHeader("Sec-Fetch-Site"), host)) {
      throw ProblemException.at(
          "Origin", 403, "Another site's page", "pages of this server alone may do this");
    }
  }

  /**
   * Who calls; present behind {@link #admit} except for operations that are open to everyone.
   *
   * @throws IllegalStateException where nobody was let in
   */
  public static Caller caller(RoutingContext context) {
    return known(context).orElseThrow(() -> new IllegalStateException("nobody was let in"));
  }

  /** Who calls, where it is known. */
  public static Optional<Caller> known(RoutingContext context) {
    return Optional.ofNullable(context.get(CALLER));
  }

  /** Who a browser's request for a page speaks for, if for anyone. */
  public Optional<Caller> visitor(HttpServerRequest request) {
    return session(request)
        .or(() -> tokens.isGuarded() ? Optional.empty() : Optional.of(Sessions.anyoneHere()));
  }

  /** Whether someone let in earlier still would be. */
  public boolean stillHolds(HttpServerRequest request, String operation) {
    try {
      return identify(request, operation)
          .filter(caller -> access.allows(caller.role(), operation))
          .isPresent();
    } catch (ProblemException e) {
      return false;
    }
  }

  /** Counts a wrong token against where it came from. */
  public void wrongToken(HttpServerRequest request) {
    wrongTokens
        .take(address(request))
        .ifPresent(
            wait -> {
              throw tooMany(wait);
            });
  }

  /**
   * Looks at what {@link #admit} could not: whether a body is of who says so.
   *
   * @throws ProblemException 401, saying why it is not
   */
  public void admitBody(RoutingContext context, String operation) {
    if (isSigned(context.request(), operation)) {
      try {
        webhooks.orElseThrow().require(context.request(), context.body().buffer());
        limit(SIGNER.rateKey());
      } catch (ProblemException e) {
        if (e.status() == 401) {
          wrongToken(context.request());
        }
        throw e;
      }
    }
  }

  private boolean isSigned(HttpServerRequest request, String operation) {
    return operation.equals(SIGNED)
        && webhooks.filter(signature -> signature.isOn(request)).isPresent();
  }

  private Optional<Caller> identify(HttpServerRequest request, String operation) {
    if (isSigned(request, operation)) {
      return Optional.of(SIGNER);
    }
    String authorization = request.getHeader("Authorization");
    if (authorization != null && tokens.isGuarded()) {
      Optional<Caller> holder =
          Optional.of(authorization)
              .filter(header -> header.regionMatches(true, 0, BEARER, 0, BEARER.length()))
              .map(header -> header.substring(BEARER.length()).strip())
              .filter(token -> token.length() <= LONGEST_TOKEN)
              .flatMap(tokens::find)
              .map(
                  entry ->
                      new Caller(entry.name(), entry.role(), entry.sha256(), Optional.empty()));
      if (holder.isEmpty() && !access.isOpen(operation)) {
        wrongToken(request);
      }
      return holder;
    }
    return visitor(request);
  }

  private Optional<Caller> session(HttpServerRequest request) {
    Cookie cookie = request.getCookie(Sessions.COOKIE);
    return cookie == null || cookie.getValue().length() > LONGEST_TOKEN
        ? Optional.empty()
        : sessions.find(cookie.getValue());
  }

  private void limit(String key) {
    rates
        .take(key)
        .ifPresent(
            wait -> {
              throw tooMany(wait);
            });
  }

  private static ProblemException tooMany(Duration wait) {
    return ProblemException.later(
        429, "Too often", "more requests a second than people.requests-per-second allows", wait);
  }

  private static void requireCsrfToken(HttpServerRequest request, Caller caller) {
    if (SAFE.contains(request.method()) || caller.csrfToken().isEmpty()) {
      return;
    }
    String said = request.getHeader("X-CSRF-Token");
    if (said == null || !isEqual(said, caller.csrfToken().get())) {
      throw ProblemException.at(
          "X-CSRF-Token",
          403,
          "Not from our page",
          "a cookie alone changes nothing: repeat the session's csrfToken in the header"
              + " X-CSRF-Token");
    }
  }

  private static boolean isEqual(String first, String second) {
    return MessageDigest.isEqual(
        first.getBytes(StandardCharsets.UTF_8), second.getBytes(StandardCharsets.UTF_8));
  }

  private static String address(HttpServerRequest request) {
    return "address " + (request.remoteAddress() == null ? "" : request.remoteAddress().host());
  }
}
