package org.rlhfstreams.scorers.remote;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.List;
import org.rlhfstreams.scorers.settings.ScorerSetting;
import org.rlhfstreams.scorers.settings.SettingValues;

/** How many requests and tokens a minute are sent. Permits are spread over the minute. */
final class CallLimits {
  static final List<ScorerSetting> SETTINGS =
      List.of(
          ScorerSetting.of(
              "requests-per-minute", "0", "the most requests a minute; 0 for any number"),
          ScorerSetting.of(
              "tokens-per-minute",
              "0",
              "the most tokens a minute, four characters counted as one; 0 for any number"));

  private static final int SECONDS = 60;

  private final Bucket requests;
  private final Bucket tokens;
  private final long tokensAtOnce;

  private CallLimits(int requestsPerMinute, int tokensPerMinute) {
    this.requests = requestsPerMinute == 0 ? null : bucket(1, requestsPerMinute);
    this.tokensAtOnce = Math.max(1, tokensPerMinute / SECONDS);
    this.tokens = tokensPerMinute == 0 ? null : bucket(tokensAtOnce, tokensPerMinute);
  }

  /** Reads {@link #SETTINGS}. */
  static CallLimits of(SettingValues settings) {
    return new CallLimits(
        settings.integer("requests-per-minute", 0, Integer.MAX_VALUE),
        settings.integer("tokens-per-minute", 0, Integer.MAX_VALUE));
  }

  private static Bucket bucket(long atOnce, long aMinute) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(atOnce).refillGreedy(aMinute, Duration.ofMinutes(1)))
        .build();
  }

  /**
   * Waits until a request may be sent.
   *
   * @param size of the request, in tokens
   * @param longest how long to wait for each permit
   * @return false if it may not be sent within that time
   */
  boolean await(long size, Duration longest) throws InterruptedException {
    if (longest.isNegative() || longest.isZero()) {
      return false;
    }
    long end = System.nanoTime() + longest.toNanos();
    if (requests != null && !requests.asBlocking().tryConsume(1, longest)) {
      return false;
    }
    for (long open = tokens == null ? 0 : size; open > 0; open -= tokensAtOnce) {
      Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
      if (!tokens.asBlocking().tryConsume(Math.min(open, tokensAtOnce), left)) {
        return false;
      }
    }
    return true;
  }
}
