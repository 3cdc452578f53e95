package org.rlhfstreams.model.training;

import java.util.Arrays;
import java.util.List;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/**
 * A language model that stays as it is, computed the way a {@link TrainableModel} computes: where
 * the weights are equal the log-probabilities are, to the bit. One thread.
 */
public final class FrozenModel implements AutoCloseable {
  private final Decoder decoder;
  private final Weights weights;
  private final MicroBatchSettings microBatches;

  /**
   * @param decoder closed with this object
   * @param weights of the decoder's type; closed with this object
   */
  public FrozenModel(Decoder decoder, Weights weights, MicroBatchSettings microBatches) {
    if (weights.type() != decoder.type()) {
      throw new IllegalArgumentException("weights and decoder must be of one type");
    }
    this.decoder = decoder;
    this.weights = weights;
    this.microBatches = microBatches;
  }

  /** Log-probabilities of the response tokens at temperature 1, [rows][response tokens]. */
  public float[][] logProbabilities(List<TokenRow> rows) {
    double[] ones = new double[rows.size()];
    Arrays.fill(ones, 1);
    try (Pass pass =
        new Pass(
            decoder,
            Argument.list(weights.tensors()),
            microBatches,
            rows,
            HeadPosition.RESPONSE_STATES,
            new PassHeads(true, false, false, false, ones))) {
      return pass.logProbabilities();
    }
  }

  @Override
  public void close() {
    weights.close();
    decoder.close();
  }
}
