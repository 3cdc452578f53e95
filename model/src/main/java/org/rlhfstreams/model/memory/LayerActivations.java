package org.rlhfstreams.model.memory;

import java.util.List;
import org.rlhfstreams.model.architecture.AdaptableMatrix;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.MatrixInput;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.AttentionSizes;
import org.rlhfstreams.model.decoder.ComputeType;

/**
 * Bytes that one layer's graph keeps for its backward pass. A product keeps its input only where
 * its matrix or the matrix's adapter is trained.
 */
final class LayerActivations {
  private static final long FLOAT = Float.BYTES;

  private final TransformerConfiguration configuration;
  private final Sizes sizes;
  private final long element;
  private final boolean frozen;
  private final long rank;
  private final List<AdaptableMatrix> adapted;

  LayerActivations(TransformerConfiguration configuration, TrainingMode mode) {
    this.configuration = configuration;
    this.sizes = new Sizes(configuration);
    this.element = mode.compute().bytes();
    this.frozen = mode.adapters().isPresent();
    this.rank = mode.adapters().map(LowRankAdapters::rank).orElse(0);
    this.adapted =
        mode.adapters().map(adapters -> adapters.targets(configuration)).orElse(List.of());
  }

  /** Bytes of so many rows of so many tokens. */
  long bytes(long rows, long tokens) {
    long low = element * rank * adapted.size();
    return rows * tokens * (norms() + feedForward() + low) + attention(rows, tokens);
  }

  /** Inputs, normalised and as they leave, of the two norms. */
  private long norms() {
    long inputs =
        configuration.architecture().rootMeanSquareNorms()
            ? 2 * norm(sizes.hidden())
            : 2 * element * sizes.hidden();
    return inputs
        + (kept(MatrixInput.ATTENTION_NORM) ? element * sizes.hidden() : 0)
        + (kept(MatrixInput.FEED_FORWARD_NORM) ? element * sizes.hidden() : 0);
  }

  /** In float32 whatever comes in; the normalised values are for the weight's gradient. */
  private long norm(long width) {
    return (frozen ? 1 : 2) * FLOAT * width;
  }

  /** Whether one of the matrices that are multiplied with it keeps it. */
  private boolean kept(MatrixInput input) {
    return !frozen || adapted.stream().anyMatch(matrix -> matrix.input() == input);
  }

  private long attention(long rows, long tokens) {
    long scores = rows * configuration.heads() * tokens * tokens;
    boolean products =
        element == ComputeType.BFLOAT16.bytes() && scores <= AttentionSizes.MOST_SCORES_BY_PRODUCTS;
    long perToken = 3 * element * sizes.queries();
    if (!products || kept(MatrixInput.HEADS)) {
      perToken += element * sizes.queries();
    }
    if (configuration.attention().queryKeyNorms()) {
      perToken += norm(sizes.queries()) + norm(sizes.keys());
    }
    long softmax = products ? element * scores : FLOAT * rows * tokens * configuration.heads();
    return rows * tokens * perToken + softmax;
  }

  private long feedForward() {
    // the gate after its activation, and what it is multiplied with
    int gates = configuration.architecture().gatedFeedForward() ? 2 : 0;
    int output = kept(MatrixInput.INNER) ? 1 : 0;
    return element * sizes.inner() * (configuration.activation().keptVectors() + gates + output);
  }
}
