package org.rlhfstreams.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.rlhfstreams.model.architecture.TransformerConfiguration;
import org.rlhfstreams.model.training.TokenRow;

/**
 * Rows of one length to train on, always the same ones.
 *
 * @param gradients of the mean log-probability, [rows, tokens - 1]
 */
record RandomBatch(List<TokenRow> rows, float[][] gradients) {
  static RandomBatch of(TransformerConfiguration configuration, int count, int tokens) {
    SplittableRandom random = new SplittableRandom(0);
    int vocabulary = Math.min(4000, configuration.vocabularySize());
    List<TokenRow> rows = new ArrayList<>();
    float[][] gradients = new float[count][tokens - 1];
    for (float[] gradient : gradients) {
      rows.add(new TokenRow(random.ints(tokens, 10, vocabulary).toArray(), 1));
      Arrays.fill(gradient, 1f / (count * (tokens - 1)));
    }
    return new RandomBatch(rows, gradients);
  }
}
