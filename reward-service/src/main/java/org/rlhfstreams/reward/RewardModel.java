package org.rlhfstreams.reward;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rlhfstreams.events.Rollout;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.model.ModelException;
import org.rlhfstreams.model.decoder.ComputeType;
import org.rlhfstreams.model.decoder.Decoder;
import org.rlhfstreams.model.decoder.LiveWeights;
import org.rlhfstreams.model.files.ModelDirectory;
import org.rlhfstreams.model.memory.ActivationLimit;
import org.rlhfstreams.model.training.InferenceModel;
import org.rlhfstreams.model.training.RewardInput;
import org.rlhfstreams.model.training.TokenRow;
import org.rlhfstreams.schemas.WeightVersions;
import org.rlhfstreams.service.weights.WeightLease;
import org.rlhfstreams.service.weights.WeightSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest reward model. One thread. */
final class RewardModel implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RewardModel.class);

  private final Decoder decoder;
  private final LiveWeights weights;
  private final InferenceModel inference;
  private final int endOfSequence;
  private final WeightSource source;
  private WeightVersion version = new WeightVersion(0, 0L);
  private WeightVersion refused;

  /**
   * @param type that it computes in
   * @param source of the versions of {@code reward-weights}
   * @throws ModelException where the directory holds no reward model
   */
  RewardModel(ModelDirectory model, ComputeType type, int endOfSequence, WeightSource source) {
    RewardInput.requireRewardModel(model);
    this.decoder = new Decoder(model.configuration(), type);
    this.weights = new LiveWeights(decoder, model);
    this.inference = new InferenceModel(decoder, ActivationLimit.fit(decoder));
    this.endOfSequence = endOfSequence;
    this.source = source;
  }

  /** The version that scores: 0.0 is the one that the service was started with. */
  WeightVersion version() {
    return version;
  }

  /** Longest sequence, in tokens. */
  int maxPositions() {
    return decoder.configuration().maxPositions();
  }

  /** One more than the largest token id. */
  int vocabularySize() {
    return decoder.configuration().vocabularySize();
  }

  /** Scores, one a rollout. */
  float[] scores(List<Rollout> rollouts) {
    refresh();
    List<TokenRow> rows = new ArrayList<>();
    for (Rollout rollout : rollouts) {
      rows.add(
          RewardInput.of(
              ints(rollout.getPromptTokenIds()),
              ints(rollout.getResponseTokenIds()),
              endOfSequence,
              maxPositions()));
    }
    return inference.scores(weights.active(), rows);
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private void refresh() {
    if (!isWanted(source.newest())) {
      return;
    }
    Optional<WeightLease> lease = source.lease();
    if (lease.isEmpty()) {
      return; // one takes the place of another: the next batch has it
    }
    try (WeightLease held = lease.get()) {
      take(held);
    }
  }

  private boolean isWanted(Optional<WeightVersion> offered) {
    return offered.isPresent()
        && !offered.get().equals(refused)
        && WeightVersions.isNewer(offered.get(), version);
  }

  private void take(WeightLease held) {
    try {
      weights.replace(held);
      version = held.version();
      LOG.info("scoring with reward model {}", WeightVersions.text(version));
    } catch (ModelException e) {
      refused = held.version();
      LOG.error("reward model {} is refused: {}", WeightVersions.text(refused), e.getMessage());
    }
  }

  @Override
  public void close() {
    inference.close();
    weights.close();
    decoder.close();
  }
}
