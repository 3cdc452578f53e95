package org.rlhfstreams.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.rlhfstreams.common.terminal.LineProgress;
import org.rlhfstreams.model.completion.LanguageModel;
import org.rlhfstreams.model.training.InferenceModel;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.TokenRow;

/** How likely a language model finds responses. One thread. */
final class ResponseLikelihoods implements AutoCloseable {
  private static final int ROWS_AT_ONCE = 64;

  private final LanguageModel model;
  private final InferenceModel inference;
  private final String name;

  /**
   * @param model to be closed after this object
   * @param name of it, for messages
   */
  ResponseLikelihoods(LanguageModel model, String name) {
    this.model = model;
    this.inference = new InferenceModel(model.decoder(), MicroBatchSettings.DEFAULT);
    this.name = name;
  }

  /**
   * Log-probabilities of the response tokens, natural logarithms, [rows][response tokens].
   *
   * @param temperature what logits are divided by, above 0
   */
  float[][] of(List<TokenRow> rows, double temperature) {
    float[][] all = new float[rows.size()][];
    LineProgress progress =
        new LineProgress("evaluate: " + name, "likelihoods", OptionalInt.of(all.length));
    long tokens = 0;
    for (int from = 0; from < all.length; from += ROWS_AT_ONCE) {
      List<TokenRow> some = rows.subList(from, Math.min(all.length, from + ROWS_AT_ONCE));
      double[] temperatures = new double[some.size()];
      Arrays.fill(temperatures, temperature);
      float[][] computed = inference.logProbabilities(model.weights(), some, temperatures);
      System.arraycopy(computed, 0, all, from, computed.length);
      tokens += some.stream().mapToLong(row -> row.tokenIds().length).sum();
      progress.done(from + some.size(), tokens);
    }
    return all;
  }

  @Override
  public void close() {
    inference.close();
  }
}
