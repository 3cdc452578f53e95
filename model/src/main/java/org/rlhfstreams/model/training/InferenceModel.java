package org.rlhfstreams.model.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.decoder.RopeTables;
import org.rlhfstreams.model.torchscript.ComputeDevice;
import org.rlhfstreams.model.torchscript.InferenceArgument;

/**
 * Forward passes without gradients: log-probabilities of a reference, scores of a reward model. One
 * thread.
 */
public final class InferenceModel implements AutoCloseable {
  private final Decoder decoder;
  private final MicroBatchSettings microBatches;
  private final NDManager manager = ComputeDevice.newManager();

  public InferenceModel(Decoder decoder, MicroBatchSettings microBatches) {
    this.decoder = decoder;
    this.microBatches = microBatches;
  }

  /**
   * Log-probabilities of the response tokens, [rows][response tokens].
   *
   * @param temperatures what each row's logits are divided by
   */
  public float[][] logProbabilities(
      PackedWeights weights, List<TokenRow> rows, double[] temperatures) {
    float[][] byRow = new float[rows.size()][];
    for (MicroBatch batch :
        MicroBatch.cut(rows, microBatches, HeadPosition.RESPONSE_STATES, decoder)) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray statistics =
            decoder
                .infer(
                    "token_statistics",
                    scope,
                    InferenceArgument.of(hidden(batch, scope, weights)),
                    InferenceArgument.of(batch.targets(scope)),
                    InferenceArgument.of(batch.spread(scope, temperatures)),
                    InferenceArgument.of(scope.create((long) microBatches.headRows())),
                    InferenceArgument.of(scope.create(false)),
                    InferenceArgument.of(scope.create(0L)),
                    weights.argument())
                .get(0);
        batch.scatter(statistics.toFloatArray(), byRow);
      }
    }
    return byRow;
  }

  /** The score of each row at its last token, [rows]. */
  public float[] scores(PackedWeights weights, List<TokenRow> rows) {
    float[][] byRow = new float[rows.size()][];
    for (MicroBatch batch : MicroBatch.cut(rows, microBatches, HeadPosition.LAST_TOKEN, decoder)) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray scores =
            decoder
                .infer(
                    "scalar_head",
                    scope,
                    InferenceArgument.of(hidden(batch, scope, weights)),
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

  private NDArray hidden(MicroBatch batch, NDManager scope, PackedWeights weights) {
    RopeTables.Tables rope = decoder.rope(batch.time());
    return decoder
        .infer(
            "hidden_at",
            scope,
            InferenceArgument.of(batch.ids(scope)),
            InferenceArgument.of(batch.positions(scope)),
            InferenceArgument.of(batch.segments(scope, decoder.none())),
            InferenceArgument.of(batch.index(scope)),
            InferenceArgument.of(rope.cos()),
            InferenceArgument.of(rope.sin()),
            weights.argument())
        .get(0);
  }

  @Override
  public void close() {
    manager.close();
  }
}
