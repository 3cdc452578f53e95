package org.rlhfstreams.model.memory;

import java.util.Locale;

/**
 * How much is generated at once.
 *
 * @param slots rows that run side by side
 * @param promptTokens of each row's prompt
 * @param tokens prompt and response of a row together
 */
public record GenerationLoad(int slots, int promptTokens, int tokens) {
  public GenerationLoad {
    if (slots < 1 || promptTokens < 1 || tokens < promptTokens) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "generation needs at least 1 row, 1 prompt token and as many tokens; got %d, %d, %d",
              slots,
              promptTokens,
              tokens));
    }
  }
}
