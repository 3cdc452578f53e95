package org.rlhfstreams.scorers.remote;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.rlhfstreams.scorers.rules.Quote;
import org.rlhfstreams.scorers.settings.ScorerKind;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/**
 * A service that takes JSON by POST. What may be better the next time (no connection, no answer in
 * time, 408, 425, 429, 500, 502, 503, 504) is sent again after a pause that grows, or that the
 * service asks for. If half of the last calls have failed, nothing is sent for a while: calls wait.
 * Redirects are not followed, since the token would go along. Many threads may call it at once.
 */
public final class RemoteService {
  /** What a user may set. */
  public static final List<ScorerSetting> SETTINGS =
      ScorerKind.settings(
          BearerToken.SETTINGS,
          List.of(
              ScorerSetting.of("concurrency", "8", "how many requests are under way at once"),
              ScorerSetting.of("timeout", "60s", "how long an answer may take")),
          CallLimits.SETTINGS,
          List.of(
              ScorerSetting.of("attempts", "5", "how often a request is sent at most"),
              ScorerSetting.of(
                  "backoff", "500ms", "the pause before the second attempt; it doubles each time"),
              ScorerSetting.of("longest-backoff", "30s", "the longest of these pauses"),
              ScorerSetting.of(
                  "patience", "10m", "after how long a request is given up, all waiting included"),
              ScorerSetting.of(
                  "breaker-calls",
                  "20",
                  "nothing is sent for a while if half of so many last calls have failed"),
              ScorerSetting.of("breaker-pause", "10s", "how long nothing is sent then"),
              ScorerSetting.of("largest-answer", "1000000", "the longest answer, in bytes")));

  /** The status of calls that may succeed at another time. */
  private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);

  /** The status of calls of which parts may succeed. */
  private static final Set<Integer> OF_CONTENT = Set.of(400, 413, 422, 500);

  private static final long POLL_MILLIS = 20;

  private final URI url;
  private final BearerToken token;
  private final CallLimits limits;
  private final Duration timeout;
  private final int attempts;
  private final IntervalFunction backoff;
  private final Duration patience;
  private final Duration pause;
  private final int largestAnswer;
  private final CircuitBreaker breaker;
  private final HttpClient client;

  private RemoteService(URI url, SettingValues settings, UnaryOperator<String> environment) {
    this.url = url;
    this.token = BearerToken.of(settings, environment);
    this.limits = CallLimits.of(settings);
    this.timeout = settings.duration("timeout");
    this.attempts = settings.integer("attempts", 1, 100);
    Duration first = settings.duration("backoff");
    Duration longest = settings.duration("longest-backoff");
    if (longest.compareTo(first) < 0) {
      throw settings.problem("longest-backoff", "it has to be at least \"backoff\"");
    }
    this.backoff =
        IntervalFunction.ofExponentialRandomBackoff(first.toMillis(), 2.0, 0.5, longest.toMillis());
    this.patience = settings.duration("patience");
    this.pause = settings.duration("breaker-pause");
    this.largestAnswer = settings.integer("largest-answer", 1, 1 << 30);
    int calls = settings.integer("breaker-calls", 1, 10_000);
    this.breaker =
        CircuitBreaker.of(
            url.getHost(),
            CircuitBreakerConfig.custom()
                .slidingWindow(calls, calls, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(50)
                .waitDurationInOpenState(pause)
                .permittedNumberOfCallsInHalfOpenState(1)
                .build());
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .build();
  }

  /**
   * Reads {@link #SETTINGS}.
   *
   * @param url where to POST
   */
  public static RemoteService of(URI url, SettingValues settings) {
    return new RemoteService(url, settings, System::getenv);
  }

  /** With an environment of a test's own. */
  static RemoteService of(URI url, SettingValues settings, UnaryOperator<String> environment) {
    return new RemoteService(url, settings, environment);
  }

  /** How many calls to make at once. */
  public static int concurrency(SettingValues settings) {
    return settings.integer("concurrency", 1, 10_000);
  }

  /** When a call that begins now is given up, in terms of {@link System#nanoTime}. */
  public long deadline() {
    return System.nanoTime() + patience.toNanos();
  }

  /** Tokens of a text, roughly: four characters are one. */
  public static long tokens(String text) {
    return text.length() / 4L + 1;
  }

  /**
   * Sends a request until an answer comes, and reads it.
   *
   * @param body JSON
   * @param size in tokens, with those of the answer
   * @param deadline from {@link #deadline}
   * @throws RemoteFailureException if no answer comes
   * @throws UnusableAnswerException if the reader throws it
   */
  public <T> T call(String body, long size, long deadline, AnswerReader<T> reader)
      throws RemoteFailureException, UnusableAnswerException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      awaitTurn(size, deadline);
      Attempt made = attempt(body, deadline);
      if (made.answer().isPresent()) {
        return reader.read(made.answer().get());
      }
      RemoteFailureException failure = made.failure().orElseThrow();
      Duration wait = Duration.ofMillis(backoff.apply(attempt));
      if (made.pause().compareTo(wait) > 0) {
        wait = made.pause();
      }
      boolean again = failure.tryAgain() && attempt < attempts;
      if (!again || System.nanoTime() + wait.toNanos() - deadline > 0) {
        throw given(failure, attempt);
      }
      Thread.sleep(wait.toMillis());
    }
  }

  private static RemoteFailureException given(RemoteFailureException failure, int attempt) {
    return new RemoteFailureException(
        failure.getMessage() + (attempt > 1 ? ", " + attempt + " times" : ""),
        failure.tryAgain(),
        failure.blamesContent());
  }

  /** Waits for the breaker and for the limits. */
  private void awaitTurn(long size, long deadline)
      throws RemoteFailureException, InterruptedException {
    while (!breaker.tryAcquirePermission()) {
      if (System.nanoTime() - deadline >= 0) {
        throw new RemoteFailureException(
            String.format(
                Locale.ROOT,
                "%s was not asked: %.0f %% of the last calls have failed; check the service",
                shown(),
                Math.max(0, breaker.getMetrics().getFailureRate())),
            true,
            false);
      }
      Thread.sleep(POLL_MILLIS);
    }
    boolean permitted = false;
    try {
      permitted = limits.await(size, Duration.ofNanos(deadline - System.nanoTime()));
    } finally {
      if (!permitted) {
        breaker.releasePermission();
      }
    }
    if (!permitted) {
      throw new RemoteFailureException(
          "the limits of requests and tokens a minute left no room within " + patience,
          true,
          false);
    }
  }

  /**
   * What came of one attempt.
   *
   * @param answer of a call that has succeeded
   * @param failure of one that has not
   * @param pause that the service asks for
   */
  private record Attempt(
      Optional<String> answer, Optional<RemoteFailureException> failure, Duration pause) {
    static Attempt failed(String reason, boolean tryAgain, boolean blamesContent, Duration wait) {
      return new Attempt(
          Optional.empty(),
          Optional.of(new RemoteFailureException(reason, tryAgain, blamesContent)),
          wait);
    }
  }

  private Attempt attempt(String body, long deadline) throws InterruptedException {
    long begin = System.nanoTime();
    boolean recorded = false;
    try {
      Attempt made = send(body, deadline);
      boolean fine = made.failure().map(RemoteService::isOfContentAlone).orElse(true);
      long took = System.nanoTime() - begin;
      if (fine) {
        breaker.onSuccess(took, TimeUnit.NANOSECONDS);
      } else {
        breaker.onError(took, TimeUnit.NANOSECONDS, made.failure().orElseThrow());
      }
      recorded = true;
      return made;
    } finally {
      if (!recorded) {
        breaker.releasePermission();
      }
    }
  }

  /** A service that refuses one content is there for others. */
  private static boolean isOfContentAlone(RemoteFailureException failure) {
    return failure.blamesContent() && !failure.tryAgain();
  }

  private Attempt send(String body, long deadline) throws InterruptedException {
    HttpRequest request;
    try {
      request = request(body);
    } catch (RemoteFailureException e) {
      return new Attempt(Optional.empty(), Optional.of(e), Duration.ZERO);
    }
    CompletableFuture<HttpResponse<String>> sent =
        client.sendAsync(request, answer -> new LimitedBody(largestAnswer));
    long allowed = Math.min(timeout.toNanos(), Math.max(1, deadline - System.nanoTime()));
    try {
      return read(sent.get(allowed, TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Attempt.failed(
          String.format(Locale.ROOT, "%s has not answered within %.1f s", shown(), allowed / 1e9),
          true,
          false,
          Duration.ZERO);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof LimitedBody.TooLongException) {
        return Attempt.failed(
            shown()
                + ": "
                + cause.getMessage()
                + "; raise \"largest-answer\" or send fewer at once",
            false,
            true,
            Duration.ZERO);
      }
      String why =
          cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
      boolean passing = cause instanceof IOException;
      return Attempt.failed(shown() + " cannot be reached: " + why, passing, false, Duration.ZERO);
    } finally {
      sent.cancel(true); // does nothing to one that is done
    }
  }

  private HttpRequest request(String body) throws RemoteFailureException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    token.header().ifPresent(value -> builder.header("Authorization", value));
    return builder.build();
  }

  private Attempt read(HttpResponse<String> response) {
    int status = response.statusCode();
    if (status == 200) {
      return new Attempt(Optional.of(response.body()), Optional.empty(), Duration.ZERO);
    }
    if (status >= 300 && status < 400) {
      return Attempt.failed(
          shown()
              + " redirects to "
              + Quote.of(response.headers().firstValue("Location").orElse("nowhere"))
              + "; set \"url\" to where it is",
          false,
          false,
          Duration.ZERO);
    }
    String said = response.body().isBlank() ? "" : ": " + Quote.of(response.body().strip());
    String advice =
        status == 401 || status == 403
            ? "; check \"token-variable\" or \"token-file\""
            : status == 404 ? "; check \"url\"" : "";
    return Attempt.failed(
        shown() + " answers " + status + said + advice,
        PASSING.contains(status),
        OF_CONTENT.contains(status),
        retryAfter(response));
  }

  /** The pause that the service asks for, in seconds; one until a date is not read. */
  private static Duration retryAfter(HttpResponse<String> response) {
    String seconds = response.headers().firstValue("Retry-After").orElse("0").strip();
    return seconds.matches("\\d{1,6}")
        ? Duration.ofSeconds(Long.parseLong(seconds))
        : Duration.ZERO;
  }

  /** The address without what may be secret. */
  private String shown() {
    return url.getScheme() + "://" + url.getAuthority() + url.getPath();
  }
}
