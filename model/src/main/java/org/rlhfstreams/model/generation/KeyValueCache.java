package org.rlhfstreams.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.AttentionSizes;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.InferenceArgument;

/**
 * Keys and values of the running rows, a slot each. Slots grow by blocks of tokens as the longest
 * row needs them, within a bound on memory.
 */
final class KeyValueCache implements AutoCloseable {
  private final Decoder decoder;
  private final long mostTokens;
  private final NDManager manager = ComputeDevice.newManager();
  private NDArray keys;
  private NDArray values;
  private int slots;
  private int capacity;

  KeyValueCache(Decoder decoder, long bytes) {
    this.decoder = decoder;
    this.mostTokens = bytes / bytesPerToken(decoder);
    this.keys = allocate();
    this.values = allocate();
  }

  static long bytesPerToken(Decoder decoder) {
    TransformerConfiguration configuration = decoder.configuration();
    return 2L
        * configuration.layers()
        * configuration.keyValueHeads()
        * configuration.headDimension()
        * decoder.type().bytes();
  }

  private NDArray allocate() {
    return decoder
        .infer(
            "new_cache",
            manager,
            InferenceArgument.of(decoder.none()),
            InferenceArgument.of(slots),
            InferenceArgument.of(capacity))
        .get(0);
  }

  /** Tokens of one row that the bound leaves room for. */
  long mostTokens() {
    return mostTokens;
  }

  /** Whether so many rows of so many tokens stay within the bound. */
  boolean fits(int rows, int tokens) {
    return (long) rows * blocks(tokens) <= mostTokens || rows == 1;
  }

  /**
   * Makes room for so many rows of so many tokens; what is there stays.
   *
   * @return the tokens in whole blocks
   */
  int ensure(int rows, int tokens) {
    int reach = (int) blocks(tokens);
    if (rows > slots || reach > capacity) {
      slots = Math.max(slots, rows);
      capacity = Math.max(capacity, reach);
      keys = enlarge(keys);
      values = enlarge(values);
    }
    return reach;
  }

  private NDArray enlarge(NDArray cache) {
    try (cache) {
      return decoder
          .infer(
              "enlarge",
              manager,
              InferenceArgument.of(cache),
              InferenceArgument.of(slots),
              InferenceArgument.of(capacity))
          .get(0);
    }
  }

  private static long blocks(int tokens) {
    return (tokens + AttentionSizes.CACHE_BLOCK - 1L)
        / AttentionSizes.CACHE_BLOCK
        * AttentionSizes.CACHE_BLOCK;
  }

  /** Copies a row's first tokens to another slot. */
  void move(int source, int destination, int tokens) {
    try (NDManager scope = manager.newSubManager()) {
      decoder.infer(
          "move_row",
          scope,
          InferenceArgument.of(source),
          InferenceArgument.of(destination),
          InferenceArgument.of(tokens),
          keys(),
          values());
    }
  }

  InferenceArgument keys() {
    return InferenceArgument.of(keys);
  }

  InferenceArgument values() {
    return InferenceArgument.of(values);
  }

  @Override
  public void close() {
    manager.close();
  }
}
