package org.rlhfstreams.evaluation;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.rlhfstreams.common.terminal.LineProgress;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.text.Tokenizer;
import org.rlhfstreams.model.training.InferenceModel;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.RewardInput;
import org.rlhfstreams.model.training.TokenRow;

/** A reward model, opened to score. One thread. */
final class RewardScorer implements AutoCloseable {
  private static final int ROWS_AT_ONCE = 64;

  private final ModelDirectory directory;
  private final Tokenizer tokenizer;
  private final Decoder decoder;
  private final PackedWeights weights;
  private final InferenceModel inference;

  private RewardScorer(ModelDirectory directory, Precision precision) {
    this.directory = directory;
    this.tokenizer = Tokenizer.open(directory.path(), directory.configuration());
    this.decoder = new Decoder(directory.configuration(), precision.of(directory));
    this.weights = PackedWeights.read(decoder, directory);
    this.inference = new InferenceModel(decoder, MicroBatchSettings.DEFAULT);
  }

  /**
   * Opens a reward model.
   *
   * @throws org.rlhfstreams.model.ModelException where the directory holds none
   */
  static RewardScorer open(ModelDirectory directory, Precision precision) {
    RewardInput.requireRewardModel(directory);
    return new RewardScorer(directory, precision);
  }

  Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Longest sequence, in tokens. */
  int maxPositions() {
    return directory.configuration().maxPositions();
  }

  /**
   * Scores of sampled responses, each with its end, [responses].
   *
   * @param name of what is scored, for messages
   */
  double[] scoresOf(List<SampledResponse> responses, String name) {
    return scores(
        responses.stream()
            .map(
                response ->
                    RewardInput.of(
                        response.promptTokenIds(),
                        response.tokenIds(),
                        tokenizer.endOfSequence(),
                        maxPositions()))
            .toList(),
        name);
  }

  /**
   * Scores of rows at their last token, [rows]. Equal rows are scored once, so that they tie
   * whatever they are computed beside.
   *
   * @param name of what is scored, for messages
   */
  double[] scores(List<TokenRow> rows, String name) {
    Map<IntBuffer, Integer> places = new LinkedHashMap<>();
    List<TokenRow> distinct = new ArrayList<>();
    int[] place = new int[rows.size()];
    for (int i = 0; i < place.length; i++) {
      Integer known = places.putIfAbsent(IntBuffer.wrap(rows.get(i).tokenIds()), distinct.size());
      place[i] = known == null ? distinct.size() : known;
      if (known == null) {
        distinct.add(rows.get(i));
      }
    }
    double[] scores = distinctScores(distinct, name);
    double[] all = new double[place.length];
    for (int i = 0; i < place.length; i++) {
      all[i] = scores[place[i]];
    }
    return all;
  }

  private double[] distinctScores(List<TokenRow> rows, String name) {
    LineProgress progress =
        new LineProgress("evaluate: " + name, "scores", OptionalInt.of(rows.size()));
    double[] scores = new double[rows.size()];
    long tokens = 0;
    for (int from = 0; from < scores.length; from += ROWS_AT_ONCE) {
      List<TokenRow> some = rows.subList(from, Math.min(scores.length, from + ROWS_AT_ONCE));
      float[] scored = inference.scores(weights, some);
      for (int i = 0; i < scored.length; i++) {
        scores[from + i] = scored[i];
        tokens += some.get(i).tokenIds().length;
      }
      progress.done(from + some.size(), tokens);
    }
    return scores;
  }

  @Override
  public void close() {
    inference.close();
    weights.close();
    decoder.close();
    tokenizer.close();
  }
}
