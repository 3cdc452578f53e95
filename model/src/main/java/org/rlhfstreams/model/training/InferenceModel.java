package org.rlhfstreams.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.TokenMatrix;
import org.rlhfstreams.model.decoder.Weights;
import org.rlhfstreams.model.torchscript.TorchScriptModule.Argument;

/**
 * Forward passes without gradients: log-probabilities of a reference, scores of a reward model. One
 * thread.
 */
public final class InferenceModel implements AutoCloseable {
  private final Decoder decoder;
  private final MicroBatchSettings microBatches;
  private final NDManager manager = NDManager.newBaseManager("PyTorch");

  public InferenceModel(Decoder decoder, MicroBatchSettings microBatches) {
    this.decoder = decoder;
    this.microBatches = microBatches;
  }

  /**
   * Log-probabilities of the response tokens, [rows][response tokens].
   *
   * @param temperatures what each row's logits are divided by
   */
  public float[][] logProbabilities(Weights weights, List<TokenRow> rows, double[] temperatures) {
    float[][] byRow = new float[rows.size()][];
    for (MicroBatch batch :
        MicroBatch.cut(
            rows, microBatches.tokens(), HeadPosition.RESPONSE_STATES, decoder::lengthClass)) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray statistics =
            decoder
                .run(
                    "token_statistics",
                    scope,
                    Argument.of(hidden(batch, scope, weights)),
                    Argument.of(batch.targets(scope)),
                    Argument.of(batch.spread(scope, temperatures)),
                    Argument.of(scope.create((long) microBatches.headRows())),
                    weights.argument())
                .get(0);
        batch.scatter(statistics.toFloatArray(), byRow);
      }
    }
    return byRow;
  }

  /** The score of each row at its last token, [rows]. */
  public float[] scores(Weights weights, List<TokenRow> rows) {
    float[][] byRow = new float[rows.size()][];
    for (MicroBatch batch :
        MicroBatch.cut(
            rows, microBatches.tokens(), HeadPosition.LAST_TOKEN, decoder::lengthClass)) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray scores =
            decoder
                .run(
                    "scalar_head",
                    scope,
                    Argument.of(hidden(batch, scope, weights)),
                    weights.argument())
                .get(0);
        batch.scatter(scores.toFloatArray(), byRow);
      }
    }
    float[] scores = new float[byRow.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = byRow[i][0];
    }
    return scores;
  }

  private NDArray hidden(MicroBatch batch, NDManager scope, Weights weights) {
    Argument[] rope = decoder.rope(batch.time());
    return decoder
        .run(
            "hidden_at",
            scope,
            Argument.of(batch.ids(scope)),
            Argument.of(TokenMatrix.positions(scope, batch.time())),
            decoder.none(),
            Argument.of(batch.index(scope)),
            rope[0],
            rope[1],
            weights.argument())
        .get(0);
  }

  @Override
  public void close() {
    manager.close();
  }
}
