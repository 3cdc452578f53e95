package org.rlhfstreams.learner.advantage;

import java.util.Optional;
import org.rlhfstreams.service.configuration.CriticFreeConfiguration;

/**
 * The soft punishment of long responses (Yu et al. 2025, DAPO, eq. 13): nothing up to longest -
 * cache tokens, and from there a line down to the whole penalty at the longest.
 *
 * @param longest tokens that a response may have
 * @param cache tokens over which the punishment grows
 * @param penalty at the longest
 */
public record OverlongPunishment(int longest, int cache, double penalty) {
  /** The configured one, if there is one; scores lose it before they are clipped. */
  public static Optional<OverlongPunishment> of(CriticFreeConfiguration settings, int longest) {
    return settings.overlongCache().isPresent()
        ? Optional.of(
            new OverlongPunishment(
                longest, settings.overlongCache().getAsInt(), settings.overlongPenalty()))
        : Optional.empty();
  }

  /** What is taken off the score of a response of so many tokens. */
  public double of(int tokens) {
    double over = (double) tokens - longest + cache;
    return penalty * Math.max(0, Math.min(1, over / cache));
  }
}
