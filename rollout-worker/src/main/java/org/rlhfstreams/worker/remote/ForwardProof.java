package org.rlhfstreams.worker.remote;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.LiveWeights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.generation.Sampling;
import org.rlhfstreams.model.training.InferenceModel;
import org.rlhfstreams.model.training.MicroBatchSettings;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.service.weights.WeightLease;

/**
 * Has the engine draw some tokens behind a fixed prompt, and compares its log-probabilities with
 * those of a forward pass of this process over the same weights. A head left of other weights, a
 * missing tensor, or keys and values of a prompt that others have computed are all far beyond what
 * rounding does. One thread.
 */
final class ForwardProof implements WeightProof {
  /** Tokens of prompt: more than one block of any engine's cache but those of CPUs. */
  private static final int PROMPT = 48;

  /** Tokens drawn where both compute in float32: what is wrong shows in each. */
  private static final int FEW = 8;

  /** Tokens drawn where rounding has to be told from what is wrong, by the mean. */
  private static final int MANY = 24;

  /** Another one than 1, at which log-probabilities that leave the temperature out would pass. */
  private static final double TEMPERATURE = 0.8;

  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** The largest difference where both compute in float32. */
  private static final double FLOAT32 = 1e-3;

  /** The largest difference where one of them computes in bfloat16, which has 8 bits. */
  private static final double BFLOAT16 = 0.25;

  /** The largest mean difference then. */
  private static final double BFLOAT16_MEAN = 0.04;

  private final ComputeType type;
  private final Decoder decoder;
  private final LiveWeights weights;
  private final InferenceModel forward;
  private final int[] prompt;

  /**
   * @param type that engine and learner are told to compute in
   */
  ForwardProof(ModelDirectory model, ComputeType type) {
    this.type = type;
    this.decoder = new Decoder(model.configuration(), type);
    this.weights = new LiveWeights(decoder, model);
    this.forward = new InferenceModel(decoder, MicroBatchSettings.DEFAULT);
    this.prompt =
        prompt(model.configuration().vocabularySize(), model.configuration().maxPositions());
  }

  /** Spread over the vocabulary, its last token among them: a smaller one has no such token. */
  static int[] prompt(int vocabulary, int maxPositions) {
    int[] prompt = new int[Math.max(1, Math.min(PROMPT, maxPositions / 2))];
    for (int i = 0; i < prompt.length; i++) {
      prompt[i] = Math.max(0, (int) ((i + 1L) * vocabulary / prompt.length) - 1);
    }
    return prompt;
  }

  @Override
  public void take(WeightLease lease) {
    weights.replace(lease);
  }

  @Override
  public DrawRequest question(String id, String label) {
    int drawn = type == ComputeType.FLOAT32 ? FEW : MANY;
    int room = Math.min(drawn, decoder.configuration().maxPositions() - prompt.length);
    return new DrawRequest(
        id,
        prompt,
        new Sampling(TEMPERATURE, 0, 1, Math.max(1, room), 1),
        Set.of(),
        label,
        LONGEST);
  }

  @Override
  public Optional<String> difference(EngineDraw drawn) {
    int vocabulary = decoder.configuration().vocabularySize();
    for (int token : drawn.tokenIds()) {
      if (token >= vocabulary) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "it draws token %d, outside the vocabulary of %d: it serves another model",
                token,
                vocabulary));
      }
    }
    float[] own =
        forward
            .logProbabilities(
                weights.active(),
                List.of(TokenRow.of(prompt, drawn.tokenIds())),
                new double[] {TEMPERATURE})[0];
    double largest = 0;
    double sum = 0;
    for (int i = 0; i < own.length; i++) {
      double difference = Math.abs(own[i] - drawn.logProbabilities()[i]);
      largest = Math.max(largest, difference);
      sum += difference;
    }
    boolean exact = type == ComputeType.FLOAT32;
    double mean = sum / own.length;
    return largest <= (exact ? FLOAT32 : BFLOAT16) && (exact || mean <= BFLOAT16_MEAN)
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "its log-probabilities of a fixed prompt differ from those of the weights by up to"
                    + " %.3g, by %.3g on average, in %s: it computes with other weights, another"
                    + " --dtype than model.dtype, or without --logprobs-mode processed_logprobs",
                largest,
                mean,
                type));
  }

  @Override
  public void close() {
    forward.close();
    weights.close();
    decoder.close();
  }
}
