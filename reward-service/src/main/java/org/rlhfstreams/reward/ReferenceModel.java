package org.rlhfstreams.reward;

import java.util.List;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.PackedWeights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.ActivationLimit;
import org.rlhfstreams.model.training.InferenceModel;
import org.rlhfstreams.model.training.TokenRow;

/** The frozen policy that the KL is measured against. One thread. */
final class ReferenceModel implements AutoCloseable {
  private final Decoder decoder;
  private final PackedWeights weights;
  private final InferenceModel inference;

  ReferenceModel(ModelDirectory model, ComputeType type) {
    this.decoder = new Decoder(model.configuration(), type);
    this.weights = PackedWeights.read(decoder, model);
    this.inference = new InferenceModel(decoder, ActivationLimit.fit(decoder));
  }

  /** Log-probabilities at the temperatures of the rollouts, [rollouts][response tokens]. */
  float[][] logProbabilities(List<Rollout> rollouts) {
    List<TokenRow> rows =
        rollouts.stream()
            .map(rollout -> TokenRow.of(rollout.getPromptTokenIds(), rollout.getResponseTokenIds()))
            .toList();
    double[] temperatures =
        rollouts.stream().mapToDouble(rollout -> rollout.getSampling().getTemperature()).toArray();
    return inference.logProbabilities(weights, rows, temperatures);
  }

  /** Longest sequence, in tokens. */
  int maxPositions() {
    return decoder.configuration().maxPositions();
  }

  /** One more than the largest token id. */
  int vocabularySize() {
    return decoder.configuration().vocabularySize();
  }

  @Override
  public void close() {
    inference.close();
    weights.close();
    decoder.close();
  }
}
