package org.rlhfstreams.model.memory;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.rlhfstreams.model.architecture.AdaptableMatrix;
import org.rlhfstreams.model.architecture.Gpt2Architecture;
import org.rlhfstreams.model.architecture.LowRankAdapters;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.decoder.ComputeType;

/**
 * Bytes that one layer's graph keeps for its backward pass. A product keeps its input only where
 * its matrix or the matrix's adapter is trained.
 */
final class LayerActivations {
  // As attend of decoder.py has it: up to so many scores, bfloat16 attends by products.
  private static final long MOST_SCORES = 8388608;
  private static final long FLOAT = Float.BYTES;

  private final TransformerConfiguration configuration;
  private final Sizes sizes;
  private final long element;
  private final boolean frozen;
  private final long rank;
  private final Set<Integer> adapted;
  private final boolean rotary;

  LayerActivations(TransformerConfiguration configuration, TrainingMode mode) {
    this.configuration = configuration;
    this.sizes = new Sizes(configuration);
    this.element = mode.compute().bytes();
    this.frozen = mode.adapters().isPresent();
    this.rank = mode.adapters().map(LowRankAdapters::rank).orElse(0);
    this.adapted =
        mode.adapters().map(adapters -> adapters.targets(configuration)).orElse(List.of()).stream()
            .map(AdaptableMatrix::index)
            .collect(Collectors.toSet());
    this.rotary = !(configuration.architecture() instanceof Gpt2Architecture);
  }

  /** Bytes of so many rows of so many tokens. */
  long bytes(long rows, long tokens) {
    long low = element * rank * adapted.size();
    return rows * tokens * (norms() + feedForward() + low) + attention(rows, tokens);
  }

  /** Inputs, normalised and as they leave, of the two norms. */
  private long norms() {
    long inputs = rotary ? 2 * norm(sizes.hidden()) : 2 * element * sizes.hidden();
    return inputs
        + (inputKept(1, 2, 3) ? element * sizes.hidden() : 0)
        + (inputKept(6, 7, 8) ? element * sizes.hidden() : 0);
  }

  /** In float32 whatever comes in; the normalised values are for the weight's gradient. */
  private long norm(long width) {
    return (frozen ? 1 : 2) * FLOAT * width;
  }

  /** Whether one of the matrices keeps what it is multiplied with. */
  private boolean inputKept(int... matrices) {
    for (int matrix : matrices) {
      if (adapted.contains(matrix)) {
        return true;
      }
    }
    return !frozen;
  }

  private long attention(long rows, long tokens) {
    long scores = rows * configuration.heads() * tokens * tokens;
    boolean products = element == ComputeType.BFLOAT16.bytes() && scores <= MOST_SCORES;
    long perToken = 3 * element * sizes.queries();
    if (!products || inputKept(4)) {
      perToken += element * sizes.queries();
    }
    if (configuration.attention().queryKeyNorms()) {
      perToken += norm(sizes.queries()) + norm(sizes.keys());
    }
    long softmax = products ? element * scores : FLOAT * rows * tokens * configuration.heads();
    return rows * tokens * perToken + softmax;
  }

  private long feedForward() {
    int output = rotary ? 8 : 10;
    int gates = rotary ? 2 : 0; // the gate after its activation, and what it is multiplied with
    return element * sizes.inner() * (beforeActivation() + gates + (inputKept(output) ? 1 : 0));
  }

  /** Vectors that the activation keeps and that nothing else does. */
  private int beforeActivation() {
    return switch (configuration.activation()) {
      case SILU, GELU, GELU_TANH, RELU_SQUARED -> 1;
      case QUICK_GELU -> 2;
      case RELU, TANH, SIGMOID -> 0; // their result is kept already
    };
  }
}
