package org.rlhfstreams.model.generation;

import java.util.Locale;
import java.util.Set;

/**
 * What a generator may use.
 *
 * @param slots rows that run at once
 * @param maxTokens prompt and response together, at most; the model's positions where it has fewer
 * @param cacheBytes keys and values of running rows, at most: rows wait where they would not fit
 * @param stopTokens tokens that finish a response
 */
public record GeneratorSettings(
    int slots, int maxTokens, long cacheBytes, Set<Integer> stopTokens) {
  /** Room for keys and values unless another is given. */
  public static final long DEFAULT_CACHE_BYTES = 2L << 30;

  public GeneratorSettings {
    stopTokens = Set.copyOf(stopTokens);
    if (slots < 1 || maxTokens < 2 || cacheBytes < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a generator needs at least 1 slot, 2 tokens and 1 byte of cache; got %d, %d, %d",
              slots,
              maxTokens,
              cacheBytes));
    }
  }

  /** With the default room for keys and values. */
  public GeneratorSettings(int slots, int maxTokens, Set<Integer> stopTokens) {
    this(slots, maxTokens, DEFAULT_CACHE_BYTES, stopTokens);
  }
}
