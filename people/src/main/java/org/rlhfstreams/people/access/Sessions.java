package org.rlhfstreams.people.access;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who a browser's cookie speaks for. Behind tokens a session is known to this process alone, ends
 * after half a day without use, with its token, and with the process. Without tokens there is
 * nothing to keep from anyone: the cookie itself says the name that was chosen, so that a restart
 * does not forget it.
 */
public final class Sessions {
  /** Of the cookie. */
  public static final String COOKIE = "rlhf_session";

  private static final int MOST = 10_000;
  private static final Duration IDLE = Duration.ofHours(12);
  private static final String LOCAL = "local.";
  private static final int SECRET_BYTES = 32;
  private static final String NAME_OF_NOBODY = "local";

  private final TokenRegistry tokens;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Session> byHash =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
          return size() > MOST;
        }
      };

  public Sessions(TokenRegistry tokens, Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  /** Begins a session of a token's holder, where it is one. Returns what the cookie says. */
  public Optional<String> begin(String token) {
    byte[] hash = TokensFile.hash(token);
    if (tokens.find(hash).isEmpty()) {
      return Optional.empty();
    }
    String secret = secret();
    synchronized (byHash) {
      byHash.put(key(secret), new Session(hash, secret(), clock.instant()));
    }
    return Optional.of(secret);
  }

  /** Begins a session without tokens, under a name of choice. Returns what the cookie says. */
  public String beginLocally(String name) {
    return LOCAL
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(name.getBytes(StandardCharsets.UTF_8))
        + "."
        + secret();
  }

  /** Who a cookie speaks for, if for anyone. */
  public Optional<Caller> find(String cookie) {
    return tokens.isGuarded() ? findSession(cookie) : findLocal(cookie);
  }

  private Optional<Caller> findSession(String cookie) {
    String key = key(cookie);
    Session session;
    synchronized (byHash) {
      session = byHash.get(key);
      if (session == null) {
        return Optional.empty();
      }
      if (session.used().plus(IDLE).isBefore(clock.instant())) {
        byHash.remove(key);
        return Optional.empty();
      }
      byHash.put(key, new Session(session.token(), session.csrf(), clock.instant()));
    }
    return tokens
        .find(session.token())
        .map(
            entry ->
                new Caller(
                    entry.name(), entry.role(), entry.sha256(), Optional.of(session.csrf())));
  }

  private static Optional<Caller> findLocal(String cookie) {
    int end = cookie.lastIndexOf('.');
    if (!cookie.startsWith(LOCAL) || end < LOCAL.length()) {
      return Optional.empty();
    }
    String name;
    try {
      name =
          new String(
              Base64.getUrlDecoder().decode(cookie.substring(LOCAL.length(), end)),
              StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (!TokensFile.NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    // Who has the cookie knows it; a page of another origin has neither.
    String csrf = HexFormat.of().formatHex(TokensFile.hash("csrf " + cookie));
    return Optional.of(local(name, Optional.of(csrf)));
  }

  /** Everyone on this machine, where no tokens are asked for. */
  static Caller anyoneHere() {
    return local(NAME_OF_NOBODY, Optional.empty());
  }

  private static Caller local(String name, Optional<String> csrf) {
    return new Caller(name, PersonRole.ADMIN, "local " + name, csrf);
  }

  /** Ends a session. */
  public void end(String cookie) {
    synchronized (byHash) {
      byHash.remove(key(cookie));
    }
  }

  private static String key(String cookie) {
    return HexFormat.of().formatHex(TokensFile.hash(cookie));
  }

  private String secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private record Session(byte[] token, String csrf, Instant used) {}
}
